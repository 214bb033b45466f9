using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
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

    /// <summary>Which roles sign.</summary>
    public RoleSelection Roles => new(keys, request.Roles);

    /// <summary>Publishes a change.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="current">What is current in the roles that sign.</param>
    /// <param name="roles">The roles that sign.</param>
    /// <param name="change">The change.</param>
    /// <param name="question">Makes the question of the roles and the names of the keys.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal; nothing is published then.</exception>
    public async Task<SigningResult> PublishAsync(
        RepositoryName repository, CurrentRoles current, ImmutableArray<SigningRole> roles, TargetsChange change, Func<string, string> question, CancellationToken cancellationToken)
    {
        if (!NeedsPublishing(repository, current, roles, change))
            return new SigningResult(false, [.. roles.Select(role => current.Find(role.Name)).OfType<TrustedTargets>().Select(Describe)], 0);
        var chosen = roles.Select(role => (Role: role, Keys: keys.Choose(role))).ToList();
        keys.RequireUseful(roles);
        context.Confirm(question(string.Join(" and ", chosen.GroupBy(entry => string.Join(", ", entry.Keys.Select(key => key.Name))).Select(group => $"{string.Join(", ", group.Select(entry => entry.Role.Name))} key {group.Key}"))), request.IsConfirmed);
        foreach (var key in chosen.SelectMany(entry => entry.Keys).Where(key => key.Origin == KeyOrigin.Docker).Distinct())
            context.Output.Notice($"The key {key.Name} is used where Docker keeps it: {key.Location}");
        if (HeldSnapshot(current.Targets) is { } snapshot)
            chosen.Add(snapshot);
        ImmutableArray<RoleSigners> signers = [.. chosen.Select(entry => new RoleSigners(entry.Role.Name, [.. entry.Keys.Select(key => keys.Open(key, SigningKeyring.PurposeOf(entry.Role.Name)))]))];
        context.Output.Progress($"Publishing {repository}");
        var result = await WithSignerAsync(repository, (signer, token) => signer.PublishAsync(change, new SigningTerms(request.Lifetime), signers, token), cancellationToken);
        if (result.Attempts > 1)
            context.Output.Detail($"signed {result.Attempts} times, because others published at the same time");
        return result;
    }

    /// <summary>What is current, verified, and the roles that sign.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="choose">Chooses the roles, when targets is known.</param>
    /// <param name="change">What is to be changed, if that is known already; of hash bins only those are read that it touches.</param>
    /// <param name="readsOthers">True to read the roles of others as well.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<(CurrentRoles Current, ImmutableArray<SigningRole> Roles)> ReadAsync(
        RepositoryName repository, Func<TrustedTargets, ImmutableArray<SigningRole>> choose, Func<TrustedTargets, TargetsChange?> change, bool readsOthers, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {repository}");
        var current = await WithSignerAsync(repository, (signer, token) => signer.ReadCurrentAsync(_ => [], token), cancellationToken);
        // Choosing may have to open a key, for which a person may have to type.
        var roles = choose(current.Targets);
        if (readsOthers || current.Targets.Bins is not null || roles.Any(role => role.Name != current.Targets.Role))
            current = await WithSignerAsync(repository, (signer, token) => signer.ReadForAsync(change, targets => Names(targets, roles, readsOthers), token), cancellationToken);
        return (current, roles);
    }

    /// <inheritdoc/>
    public void Dispose() => keys.Dispose();

    private static IEnumerable<RoleName> Names(TrustedTargets targets, ImmutableArray<SigningRole> roles, bool readsOthers) =>
        (readsOthers ? roles.Concat(SigningRole.DelegatedBy(targets)) : roles).Select(role => role.Name).Distinct();

    private bool NeedsPublishing(RepositoryName repository, CurrentRoles current, ImmutableArray<SigningRole> roles, TargetsChange change)
    {
        var needs = false;
        foreach (var role in roles)
        {
            var now = current.ContentOf(role.Name);
            if (current.ChangeFor(role, null, change) is not { } own)
                continue;
            if (now is not null && now.Expires <= context.Now)
                context.Output.Warn($"The {role.Name} of {repository} expired on {CommandOutput.Date(now.Expires)}; publishing renews all of their signatures.");
            else if (now is not null && own.IsNoChangeTo(now))
                continue;
            needs = true;
            var orphans = own.Remove.Except(change.Remove);
            if (!orphans.IsEmpty)
                context.Output.Notice($"The index of these platforms is signed no more, so their signatures end as well: {string.Join(", ", orphans.Select(path => TargetNames.DigestOf(path)))}.");
        }
        return needs;
    }

    // Where the owner made the snapshot key, the server cannot sign what belongs with this.
    private (SigningRole Role, ImmutableArray<KeyEntry> Keys)? HeldSnapshot(TrustedTargets targets)
    {
        var root = targets.Snapshot.Root;
        var role = SigningRole.Of(root, RoleName.Snapshot);
        return root.Format.Rules.MaySnapshotBeUploaded && keys.ForSnapshot(role) is { IsEmpty: false } held ? (role, held) : null;
    }

    private static SignedRole Describe(TrustedTargets role) => new(role.Role, role.Metadata.Signed.Version, role.Metadata.Signed.Expires, role.Signers.Signed);

    // The cache is open only while servers work: another command must not wait for a person to type.
    private Task<T> WithSignerAsync<T>(RepositoryName repository, Func<ImageSigner, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(repository, trust, isOffline: false, token);
                return await work(new ImageSigner(opened, context.Servers.For(opened.Format), context.Host.Time, Options), token);
            },
            cancellationToken);
}
