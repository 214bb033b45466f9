using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Tells somebody whose key may not sign that it once could, and since which version it cannot.</summary>
/// <param name="context">The run.</param>
/// <param name="keys">The keys that are here.</param>
internal sealed class RemovedKeys(CommandContext context, SigningKeyring keys)
{
    /// <summary>How many versions of targets are looked at.</summary>
    private const int MaxVersions = 16;

    /// <summary>The refusal, with what the server's history says. That is for people alone: nothing is decided by it.</summary>
    public async Task<TrustException> ExplainAsync(RepositoryName repository, TrustedTargets current, TrustException refusal, CancellationToken cancellationToken)
    {
        if (keys.Count == 0 || SigningRole.DelegatedBy(current).Prepend(SigningRole.Of(current.Snapshot.Root, current.Role)).Any(role => keys.CountHeld(role) > 0))
            return refusal;
        var last = current.Metadata.Signed.Version;
        for (var version = last - 1; version > 0 && version >= last - MaxVersions; version--)
        {
            if (await TryReadAsync(repository, current, version, cancellationToken) is not { } former)
                break;
            if (former.Delegations is not { } delegations || delegations.Roles.FirstOrDefault(role => role.RoleKeys.KeyIds.Any(id => delegations.Keys.TryGetValue(id, out var key) && keys.Has(key))) is not { } role)
                continue;
            return new TrustException(refusal.Error, $"{refusal.Message} Targets {version} let a key that is here sign {role.Name}; targets {version + 1} does not: it was removed.", refusal) { Role = role.Name.Value, Hint = $"Ask the owner of targets why. To be let sign again: signer signer add {current.Snapshot.Root.Format.Rules.Signers.NameOf(role.Name)} --key FILE {repository}" };
        }
        return refusal;
    }

    private async Task<Targets?> TryReadAsync(RepositoryName repository, TrustedTargets current, long version, CancellationToken cancellationToken)
    {
        try
        {
            var format = current.Snapshot.Root.Format;
            var maxBytes = VerificationLimits.Default.MaxListedBytes;
            var file = await context.WithinTimeoutAsync(token => context.Servers.For(format).Metadata(repository).FetchAsync(format.Rules.FileName(RoleName.Targets, version), maxBytes, token), cancellationToken);
            return file is null ? null : format.Read<Targets>(file, maxBytes).Signed;
        }
        catch (TrustException)
        {
            // Without a history there is nothing to add to the refusal.
            return null;
        }
    }
}
