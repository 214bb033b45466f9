using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>What the commands of owners have in common.</summary>
internal static class OwnerRoles
{
    /// <summary>Reads back what was published, as any verifier would, before it is called done.</summary>
    /// <exception cref="TrustException">A coded refusal, except that something else has expired.</exception>
    public static Task ConfirmAsync(CommandContext context, TrustFlags trust, RepositoryName repository, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(repository, trust, isOffline: false, token);
                return await RepositoryReading.ReadAsync(opened, context.Now, token);
            },
            cancellationToken);

    /// <summary>
    /// Refuses to sign anew what may be an old state: a server that went back, by a restored backup or on purpose, would get signed again what was
    /// revoked since.
    /// </summary>
    /// <param name="current">What the server publishes.</param>
    /// <param name="now">The time now, UTC.</param>
    /// <param name="acceptsStale">True if the owner said by name that a timestamp which has expired may be all that there is.</param>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.VersionRollback"/>, <see cref="TrustError.VersionJump"/>, <see cref="TrustError.VersionTaken"/> or <see cref="TrustError.Expired"/>.
    /// </exception>
    public static void RequireLatest(OwnerReading current, DateTimeOffset now, bool acceptsStale)
    {
        var hint = $"signer recover {current.Repository} finds out, and repairs it.";
        if (RepositoryDiagnosis.Of(current) is [var finding, ..])
            throw new TrustException(finding.Kind == FindingKind.WentBack ? TrustError.VersionRollback : TrustError.VersionJump, finding.Text) { Role = finding.Role.Value, Hint = hint };
        foreach (var (role, remembered) in current.Remembered)
        {
            if (remembered.Version == current.PublishedVersion(role) && current.PublishedFile(role) is { } file && !file.Span.SequenceEqual(remembered.File.Span))
                throw new TrustException(TrustError.VersionTaken, $"The server publishes another {role} {remembered.Version} than this machine has seen.") { Role = role.Value, Hint = hint };
        }
        if (current.Top.Snapshot.Timestamp.Metadata.Signed.Expires is var expires && expires <= now && !acceptsStale)
        {
            throw new TrustException(TrustError.Expired, $"The newest timestamp expired on {CommandOutput.Date(expires)}: nobody can tell whether the server shows all that was published. To sign it anew could bring back what was revoked.")
            {
                Role = RoleName.Timestamp.Value,
                Hint = "If root has expired, renew that first (signer renew --role root); else ask the operator why nothing is renewed. If this is known to be the latest state: --accept-stale",
            };
        }
    }

    /// <summary>The refusal where root cannot be signed with the keys that are here.</summary>
    public static TrustException TooFewRootKeys(CommandContext context, ImmutableArray<PublicKey> listed, int threshold, int held) =>
        new(TrustError.KeyNotFound, context.Keyring.TooFew(RoleName.Root, listed, threshold, held, isGiven: false).Message)
        {
            Role = RoleName.Root.Value,
            Hint = "Import the missing ones (signer key import FILE), or have their holders sign as well: signer root propose begins that.",
        };
}
