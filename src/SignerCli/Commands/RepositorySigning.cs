using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Publishes a change of one repository's images: reads what is current, finds the roles and their keys, asks, signs.</summary>
/// <param name="context">The run.</param>
/// <param name="trust">What the command line says of trust.</param>
/// <param name="request">How it is to be signed.</param>
internal sealed class RepositorySigning(CommandContext context, TrustFlags trust, SigningRequest request) : IDisposable
{
    private static readonly TrustClientOptions Options = new();

    private readonly SigningKeyring keys = new(context.Keyring, request.Keys);

    /// <summary>The keys of the user.</summary>
    public SigningKeyring Keys => keys;

    /// <summary>The parked change of a role that a new one takes the place of, or null.</summary>
    public Func<RoleName, string?> Replaces { get; set; } = _ => null;

    /// <summary>Which roles sign.</summary>
    public RoleSelection Roles => new(keys, request, context.Output.WarnOnce);

    /// <summary>Publishes a change; where roles lack signatures and that is wanted, parks it for the others.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="current">What is current in the roles that sign.</param>
    /// <param name="roles">The roles that sign.</param>
    /// <param name="change">The change.</param>
    /// <param name="question">Makes the question of the roles and the names of the keys.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal; nothing is published then.</exception>
    public async Task<SigningResult> PublishAsync(
        RepositoryName repository, CurrentRoles current, ImmutableArray<RoleShare> roles, TargetsChange change, Func<string, string> question, CancellationToken cancellationToken)
    {
        if (!NeedsPublishing(repository, current, roles, change))
            return new SigningResult(false, [.. roles.Select(share => current.Find(share.Role.Name)).OfType<TrustedTargets>().Select(Describe)], 0);
        var chosen = roles.Where(share => share.OneTimeKeys.IsEmpty).Select(share => (Share: share, Keys: keys.Choose(share.Role, request.IsPartial))).ToList();
        keys.RequireUseful([.. chosen.Select(entry => entry.Share.Role)]);
        context.Confirm(question(string.Join(" and ", chosen.GroupBy(entry => string.Join(", ", entry.Keys.Select(key => key.Name))).Select(group => $"{string.Join(", ", group.Select(entry => entry.Share.Role.Name))} key {group.Key}"))), request.IsConfirmed);
        foreach (var key in chosen.SelectMany(entry => entry.Keys).Where(key => key.Origin == KeyOrigin.Docker).Distinct())
            context.Output.Notice($"The key {key.Name} is used where Docker keeps it: {key.Location}");
        if (HeldSnapshot(current.Targets) is { } snapshot)
            chosen.Add(snapshot);
        ImmutableArray<RoleSigners> signers =
        [
            .. chosen.Select(entry => SignersOf(entry.Share, [.. entry.Keys.Select(key => keys.Open(key, SigningKeyring.PurposeOf(entry.Share.Role.Name)))])),
            .. roles.Where(share => !share.OneTimeKeys.IsEmpty).Select(share => SignersOf(share, share.OneTimeKeys)),
        ];
        await WarnOfPendingAsync(repository, roles, cancellationToken);
        context.Output.Progress($"Publishing {repository}");
        var result = await WithSignerAsync(repository, (signer, token) => signer.PublishAsync(change, request.Terms, signers, token), cancellationToken);
        // There may be thousands of hash bins; whoever signs one is noted as what signs them all.
        foreach (var (share, entries) in chosen.Where(entry => current.Targets.Metadata.Signed.Delegations?.Succinct?.IsBin(entry.Share.Role.Name) != true))
        {
            foreach (var entry in entries)
                KeyNotes.Belongs(entry, share.Role.Name, repository);
        }
        if (result.Attempts > 1)
            context.Output.Detail($"signed {result.Attempts} times, because others published at the same time");
        if (!result.Pending.IsEmpty)
        {
            request.RequireNewFile();
            await new PendingChanges(context).KeepAsync(repository, current.Targets, [.. result.Pending.Select(role => (role.Role, role.File))], request.PendingFile, Replaces, cancellationToken);
        }
        else if (result.IsPublished && request is { PendingFile: { } path, ReplacesPendingFile: false })
            context.Output.Warn($"The keys that are here were enough: {repository} is published, and {path} was not written.");
        return result;
    }

    /// <summary>What is current, verified, and the roles that sign.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="change">What is to be changed, if that is known already; of hash bins only those are read that it touches.</param>
    /// <param name="needed">The delegated roles to read before roles are chosen, when targets is known.</param>
    /// <param name="choose">Chooses the roles.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<(CurrentRoles Current, ImmutableArray<RoleShare> Roles)> ReadAsync(
        RepositoryName repository,
        Func<TrustedTargets, TargetsChange?> change,
        Func<TrustedTargets, IEnumerable<RoleName>> needed,
        Func<CurrentRoles, ImmutableArray<RoleShare>> choose,
        CancellationToken cancellationToken)
    {
        var current = await ReadAsync(repository, change, needed, cancellationToken);
        ImmutableArray<RoleShare> roles;
        try
        {
            // Choosing may have to open a key, for which a person may have to type.
            roles = choose(current);
        }
        catch (TrustException e) when (e.Error == TrustError.KeyNotFound)
        {
            throw await new RemovedKeys(context, keys).ExplainAsync(repository, current.Targets, e, cancellationToken);
        }
        var missing = roles.Select(share => share.Role.Name).Where(name => name != current.Targets.Role && !current.Delegated.Any(reading => reading.Role == name)).ToList();
        return missing.Count == 0 ? (current, roles) : (await ReadAsync(repository, change, targets => needed(targets).Concat(missing).Distinct(), cancellationToken), roles);
    }

    /// <summary>What is current, verified.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="change">What is to be changed, if that is known already; of hash bins only those are read that it touches.</param>
    /// <param name="needed">The delegated roles to read, when targets is known.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<CurrentRoles> ReadAsync(RepositoryName repository, Func<TrustedTargets, TargetsChange?> change, Func<TrustedTargets, IEnumerable<RoleName>> needed, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {repository}");
        var current = await WithSignerAsync(repository, (signer, token) => signer.ReadForAsync(change, needed, token), cancellationToken);
        if (current.Targets.Metadata.Signed.Expires <= context.Now)
            context.Output.WarnOnce($"The targets of {repository} expired on {CommandOutput.Date(current.Targets.Metadata.Signed.Expires)}; verifiers refuse everything until its owner signs it anew.");
        return current;
    }

    /// <summary>Publishes files that are signed already, with a snapshot where its key is the owner's.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if something newer is published, or a coded refusal.</exception>
    public Task PublishSignedAsync(RepositoryName repository, CurrentRoles current, IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> files, CancellationToken cancellationToken)
    {
        var snapshot = HeldSnapshot(current.Targets) is { } held ? new RoleSigners(RoleName.Snapshot, [.. held.Keys.Select(key => keys.Open(key, KeyPurpose.Snapshot))]) : null;
        context.Output.Progress($"Publishing {repository}");
        return WithSignerAsync(repository, async (signer, token) => { await signer.PublishSignedAsync(current, files, snapshot, token); return true; }, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => keys.Dispose();

    // What is published takes the place of what the others were about to sign, which is gone then.
    private async Task WarnOfPendingAsync(RepositoryName repository, ImmutableArray<RoleShare> roles, CancellationToken cancellationToken)
    {
        if (request.IsPartial || roles.All(share => share.Role.Threshold == 1))
            return;
        try
        {
            foreach (var parked in await context.WithinTimeoutAsync(token => context.Servers.Own.ListPendingAsync(repository, token), cancellationToken))
            {
                if (roles.Any(share => share.Role.Name == parked.Role))
                    context.Output.Warn($"A change of {parked.Role} waits for signatures since {CommandOutput.Date(parked.ParkedAt)}. This one takes its place: have that made again afterwards.");
            }
        }
        catch (TrustException e)
        {
            context.Output.Detail($"Whether a change waits for signatures is not known: {e.Message}");
        }
    }

    private static RoleSigners SignersOf(RoleShare share, ImmutableArray<ISigningKey> signingKeys) => new(share.Role.Name, signingKeys) { Paths = share.Paths, IsRenewed = share.IsRenewed };

    private bool NeedsPublishing(RepositoryName repository, CurrentRoles current, ImmutableArray<RoleShare> roles, TargetsChange change)
    {
        var needs = false;
        foreach (var share in roles)
        {
            if (current.LeftOut.FirstOrDefault(reading => reading.Role == share.Role.Name) is { Refusal: { } reason })
                context.Output.WarnOnce($"Clients leave {share.Role.Name} out: {reason.Message} It begins anew with what is signed now; sign again what else it should hold.");
            var now = current.ContentOf(share.Role.Name);
            if (current.ChangeFor(share.Role, share.Paths, change) is not { } own)
            {
                needs |= share.IsRenewed;
                continue;
            }
            if (now is not null && now.Expires <= context.Now)
                context.Output.Warn($"The {share.Role.Name} of {repository} expired on {CommandOutput.Date(now.Expires)}; publishing renews all of their signatures.");
            else if (now is not null && !share.IsRenewed && own.IsNoChangeTo(now))
                continue;
            needs = true;
            var orphans = own.Remove.Except(change.Remove);
            if (!orphans.IsEmpty)
                context.Output.Notice($"The index of these platforms is signed no more, so their signatures end as well: {string.Join(", ", orphans.Select(path => TargetNames.DigestOf(path)))}.");
        }
        return needs;
    }

    // Where the owner made the snapshot key, the server cannot sign what belongs with this.
    private (RoleShare Share, ImmutableArray<KeyEntry> Keys)? HeldSnapshot(TrustedTargets targets)
    {
        var root = targets.Snapshot.Root;
        var role = SigningRole.Of(root, RoleName.Snapshot);
        return root.Format.Rules.MaySnapshotBeUploaded && keys.ForSnapshot(role) is { IsEmpty: false } held ? (new RoleShare(role), held) : null;
    }

    private static SignedRole Describe(TrustedTargets role) => new(role.Role, role.Metadata.Signed.Version, role.Metadata.Signed.Expires, role.Signers.Signed);

    // The cache is open only while servers work: another command must not wait for a person to type.
    private Task<T> WithSignerAsync<T>(RepositoryName repository, Func<ImageSigner, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(repository, trust, isOffline: false, token);
                try
                {
                    return await work(new ImageSigner(opened, context.Servers.For(opened.Format), context.Host.Time, Options), token);
                }
                catch (TrustException e) when (e.Error == TrustError.Expired && e.Role is "root" or "timestamp" or "snapshot")
                {
                    throw new TrustException(e.Error, e.Message, e)
                    {
                        Role = e.Role,
                        Hint = $"Nobody can tell whether this is the latest state. If root has expired: signer renew {repository} --role root. Else the trust server's operator has to find out why it renews nothing.",
                    };
                }
            },
            cancellationToken);
}
