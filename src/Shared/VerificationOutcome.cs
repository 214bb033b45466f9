using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService;

/// <summary>What was found about an image: each check, and either the one digest that may be pulled or the refusal.</summary>
public sealed record VerificationOutcome
{
    /// <summary>The image that was asked for.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The target path that it stands for.</summary>
    public required string TargetPath { get; init; }

    /// <summary>The checks, in the order in which they were made.</summary>
    public ImmutableArray<CheckResult> Checks { get; init; } = [];

    /// <summary>The signed image, or null if none was found.</summary>
    public Descriptor? Signed { get; init; }

    /// <summary>The role that speaks for the image, or null.</summary>
    public RoleName? SignedBy { get; init; }

    /// <summary>The keys that signed that role.</summary>
    public ImmutableArray<KeyId> SigningKeys { get; init; } = [];

    /// <summary>The metadata that was used.</summary>
    public ImmutableArray<RoleStatus> Metadata { get; init; } = [];

    /// <summary>What was left out of the search, because it does not verify and the format lets clients do without it; for people.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The roles that come near their end, as the caller asked for; the image is verified all the same.</summary>
    public ImmutableArray<RoleStatus> Expiring { get; init; } = [];

    /// <summary>When the timestamp was signed (UTC), where the server says so.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Why the image is refused, or null if it is verified.</summary>
    public TrustException? Error { get; init; }

    /// <summary>How the verification ended.</summary>
    public Outcome Outcome => Error?.Info.Outcome ?? Outcome.Verified;

    /// <summary>The only reference that may be pulled; null unless the image is verified.</summary>
    public ImageReference? Pinned => Error is null && Signed is { } signed ? Reference.Pinned(signed.Digest) : null;
}
