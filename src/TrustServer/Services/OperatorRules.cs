using Microsoft.Extensions.Options;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Server.Options;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>The operator's settings as rules for publishing and renewal.</summary>
internal sealed class OperatorRules
{
    private const int MaxKeyFileBytes = 16 * 1024;
    private readonly SigningOptions signing;

    /// <summary>Reads the standby keys and turns the options into rules.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public OperatorRules(IOptions<SigningOptions> signing, IOptions<LimitOptions> limits)
    {
        this.signing = signing.Value;
        Publish = new PublishRules
        {
            TimestampLifetime = this.signing.TimestampLifetime,
            SnapshotLifetime = this.signing.SnapshotLifetime,
            StandbyKeys = [.. this.signing.StandbyPublicKeyFiles.Select(ReadStandbyKey)],
            MaxRoles = limits.Value.MaxRoles,
            Limits = new WriteLimits
            {
                MaxVersionJump = limits.Value.MaxVersionJump,
                MaxLifetime = TimeSpan.FromDays(limits.Value.MaxExpiryDays),
                MaxTargets = limits.Value.MaxTargets,
                // Those that a file lists by name; hash bins are one entry.
                MaxDelegatedRoles = Math.Min(WriteLimits.Default.MaxDelegatedRoles, limits.Value.MaxRoles),
            },
        };
    }

    /// <summary>Rules for publishing.</summary>
    public PublishRules Publish { get; }

    /// <summary>True if the repository's timestamp or snapshot is to be renewed.</summary>
    public bool IsDue(RepositoryRecord repository, DateTimeOffset now) =>
        IsTimestampDue(repository, now) || IsSnapshotDue(repository, now);

    /// <summary>True if the repository's timestamp is to be renewed.</summary>
    public bool IsTimestampDue(RepositoryRecord repository, DateTimeOffset now) => repository.Timestamp.Expires < now + signing.TimestampRenewBefore;

    /// <summary>True if the repository's snapshot is to be renewed.</summary>
    public bool IsSnapshotDue(RepositoryRecord repository, DateTimeOffset now) =>
        repository.Snapshot.Expires < now + signing.SnapshotRenewBefore + MetadataFormats.Find(repository.Format).Rules.SnapshotWarning;

    private static PublicKey ReadStandbyKey(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxKeyFileBytes)
                throw new TrustException(TrustError.InvalidKeyFile, $"The standby key file {path} has more than {MaxKeyFileBytes} bytes.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The standby key file {path} cannot be read: {e.Message}", e);
        }
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new TrustException(TrustError.InvalidKeyFile, $"The standby key file {path} holds a private key, which must not be on this machine.")
            {
                Hint = "Put the private half into the safe and give the server the PEM \"PUBLIC KEY\" alone.",
            };
        }
        return KeyMaterial.TryFromPem(text, out var material, out var scheme)
            ? TufFormat.Instance.DescribeKey(scheme, material)
            : throw new TrustException(TrustError.InvalidKeyFile, $"The standby key file {path} is no PEM \"PUBLIC KEY\" of ECDSA P-256 or P-384, RSA or Ed25519.");
    }
}
