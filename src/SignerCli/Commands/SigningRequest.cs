using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>How something is to be signed.</summary>
/// <param name="Keys">What the caller calls the keys; empty to look for them.</param>
/// <param name="Roles">The roles that sign; empty to choose them by keys.</param>
/// <param name="Lifetime">How long the new versions are valid.</param>
/// <param name="IsConfirmed">True to ask nothing.</param>
internal sealed record SigningRequest(IReadOnlyList<string> Keys, ImmutableArray<RoleName> Roles, TimeSpan Lifetime, bool IsConfirmed)
{
    /// <summary>True to sign with the keys that are here even if they are too few; others sign later.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Where a change that lacks signatures is written, instead of parking it on the server; or null.</summary>
    public string? PendingFile { get; init; }

    /// <summary>True if <see cref="PendingFile"/> is where the change came from, so that it takes the place of what is there.</summary>
    public bool ReplacesPendingFile { get; init; }

    /// <summary>The request itself.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if its parts do not go together, or as <see cref="RequireNewFile"/>.</exception>
    public SigningRequest RequireConsistent()
    {
        if (PendingFile is not null && !IsPartial)
            throw new TrustException(TrustError.Usage, "--out takes a change that others still have to sign, so it goes with --partial.");
        RequireNewFile();
        return this;
    }

    /// <summary>Refuses to write over a change that somebody may have signed already.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/></exception>
    public void RequireNewFile()
    {
        if (PendingFile is { } path && !ReplacesPendingFile && File.Exists(path))
            throw new TrustException(TrustError.AlreadyExists, $"{path} exists already; it was left as it is.") { Hint = $"To sign what is in it: signer cosign {path}. Several repositories need a file each." };
    }

    /// <summary>How the signer is told.</summary>
    public SigningTerms Terms => new(Lifetime) { MayBePartial = IsPartial };
}
