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

/// <summary>Publishes a change of one repository's targets: reads what is current, finds the keys, asks, signs.</summary>
/// <param name="context">The run.</param>
/// <param name="trust">What the command line says of trust.</param>
/// <param name="givenKeys">What the caller calls the keys; empty to look in the key store.</param>
/// <param name="isConfirmed">True to ask nothing.</param>
internal sealed class RepositorySigning(CommandContext context, TrustFlags trust, IReadOnlyList<string> givenKeys, bool isConfirmed)
{
    private static readonly TrustClientOptions Options = new();

    /// <summary>Publishes a change.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="change">The change.</param>
    /// <param name="lifetime">How long the new version is valid.</param>
    /// <param name="question">Makes the question of the names of the keys.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TrustException">A coded refusal; nothing is published then.</exception>
    public async Task<SigningResult> PublishAsync(RepositoryName repository, TargetsChange change, TimeSpan lifetime, Func<string, string> question, CancellationToken cancellationToken)
    {
        var current = await ReadCurrentAsync(repository, cancellationToken);
        var targets = current.Metadata.Signed;
        var completed = PlatformTargets.Complete(targets, change);
        var isExpired = targets.Expires <= context.Now;
        if (isExpired)
            context.Output.Warn($"The targets of {repository} expired on {CommandOutput.Date(targets.Expires)}; publishing renews all of their signatures.");
        else if (completed.IsNoChangeTo(targets))
            return new SigningResult(false, targets.Version, targets.Expires, current.Signers.Signed, 0);

        var orphans = completed.Remove.Except(change.Remove);
        if (!orphans.IsEmpty)
            context.Output.Notice($"The index of these platforms is signed no more, so their signatures end as well: {string.Join(", ", orphans.Select(path => TargetNames.DigestOf(path)))}.");

        var allowed = ImageSigner.KeysOf(current.Snapshot.Root);
        var threshold = current.Snapshot.Root.Metadata.Signed.Roles[RoleName.Targets].Threshold;
        var chosen = context.Keyring.Choose(RoleName.Targets, allowed, threshold, givenKeys);
        context.Confirm(question(string.Join(", ", chosen.Select(entry => entry.Name))), isConfirmed);
        var signers = context.Keyring.Open(chosen, KeyPurpose.Targets);
        ImmutableArray<IExportableKey> snapshotSigners = [];
        try
        {
            snapshotSigners = OpenSnapshotKeys(current.Snapshot.Root);
            context.Output.Progress($"Publishing {repository}");
            var result = await WithSignerAsync(repository, [.. snapshotSigners.Cast<ISigningKey>()], (signer, token) => signer.PublishAsync(change, lifetime, [.. signers.Cast<ISigningKey>()], token), cancellationToken);
            if (result.Attempts > 1)
                context.Output.Detail($"signed {result.Attempts} times, because others published at the same time");
            return result;
        }
        finally
        {
            foreach (var key in signers.Concat(snapshotSigners))
                key.Dispose();
        }
    }

    /// <summary>The current targets, verified.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<TrustedTargets> ReadCurrentAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {repository}");
        return await WithSignerAsync(repository, [], (signer, token) => signer.ReadCurrentAsync(token), cancellationToken);
    }

    // Where the owner signs snapshot, its key was imported with the others; where the server does, nobody else has it.
    private ImmutableArray<IExportableKey> OpenSnapshotKeys(TrustedRoot root)
    {
        if (!root.Format.Rules.MaySnapshotBeUploaded)
            return [];
        var allowed = ImageSigner.KeysOf(root, RoleName.Snapshot);
        var held = context.Keys.List().Where(entry => allowed.Any(entry.IsSame)).Take(root.Metadata.Signed.Roles[RoleName.Snapshot].Threshold).ToList();
        return context.Keyring.Open(held, KeyPurpose.Snapshot);
    }

    // The cache is open only while servers work: another command must not wait for a person to type.
    private Task<T> WithSignerAsync<T>(RepositoryName repository, ImmutableArray<ISigningKey> snapshotSigners, Func<ImageSigner, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(repository, trust, isOffline: false, token);
                return await work(new ImageSigner(opened, context.Servers.For(opened.Format), context.Host.Time, Options) { SnapshotSigners = snapshotSigners }, token);
            },
            cancellationToken);
}
