using System.Collections.Immutable;
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

    /// <summary>The refusal where root cannot be signed with the keys that are here.</summary>
    public static TrustException TooFewRootKeys(CommandContext context, ImmutableArray<PublicKey> listed, int threshold, int held) =>
        new(TrustError.KeyNotFound, context.Keyring.TooFew(RoleName.Root, listed, threshold, held, isGiven: false).Message)
        {
            Role = RoleName.Root.Value,
            Hint = "Import the missing ones (signer key import FILE), or have their holders sign as well: signer root propose begins that.",
        };
}
