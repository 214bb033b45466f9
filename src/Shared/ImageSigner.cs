using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>The front door of signing: a change of targets in, a published version out.</summary>
/// <param name="trust">The repository under its pinned root.</param>
/// <param name="server">Where to publish.</param>
/// <param name="time">The clock; every attempt is a run of its own.</param>
/// <param name="options">How the client updates.</param>
public sealed class ImageSigner(RepositoryTrust trust, ITrustServer server, TimeProvider time, TrustClientOptions options)
{
    /// <summary>
    /// How often a change is signed if other publishers are first each time. Somebody wins every round, so that fifty publishers
    /// at once need up to fifty rounds.
    /// </summary>
    public const int MaxAttempts = 100;

    // How often the same is refused before it is given up; until then a cache may have answered with what was published before.
    private const int MaxUnmoved = 10;

    // As Notary's client has it, whose users alone hold snapshot keys.
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromDays(3 * 365);

    // Milliseconds of the first wait at the most; each further one is longer by as much, up to five times.
    private const int MaxFirstWait = 100;
    private const int MinFirstWait = 20;
    private const int LongestWait = 5;

    /// <summary>The current targets and some of the roles that it delegates to, verified; expired ones as well, because their owner is about to renew them.</summary>
    /// <param name="roles">Names the roles that are to be read besides, when targets is known.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal of anything but a delegated role.</exception>
    public async Task<CurrentRoles> ReadCurrentAsync(Func<TrustedTargets, IEnumerable<RoleName>> roles, CancellationToken cancellationToken)
    {
        try
        {
            var current = await ReadAsync(roles, options, cancellationToken).ConfigureAwait(false);
            if (!current.Delegated.Concat(current.Bins).Any(reading => reading.Refusal?.Error == TrustError.Expired))
                return current;
        }
        catch (TrustException e) when (e.Error == TrustError.Expired && e.Role == RoleName.Targets.Value)
        {
            // Root, timestamp and snapshot were found fresh before targets was looked at.
        }
        return await ReadAsync(roles, options with { ChecksExpiry = false, ClockTolerance = null }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, with the hash bins that a change needs to be known.</summary>
    /// <param name="change">The change, when targets is known; null to read all bins.</param>
    /// <param name="roles">Names the roles that are to be read besides.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal of anything but a delegated role.</exception>
    public async Task<CurrentRoles> ReadForAsync(Func<TrustedTargets, TargetsChange?> change, Func<TrustedTargets, IEnumerable<RoleName>> roles, CancellationToken cancellationToken)
    {
        var current = await ReadCurrentAsync(targets => roles(targets).Concat(BinnedTargets.Touched(targets, change(targets))), cancellationToken).ConfigureAwait(false);
        return change(current.Targets) is { } known && BinnedTargets.NeedsAll(current, known)
            ? await ReadCurrentAsync(targets => roles(targets).Concat(BinnedTargets.Touched(targets, null)), cancellationToken).ConfigureAwait(false)
            : current;
    }

    /// <summary>Applies a change to the current version of each role that is to sign it, and publishes; starts over if another publisher was first.</summary>
    /// <param name="change">What to change; <see cref="PlatformTargets"/> completes it. A role takes the part that it may speak for.</param>
    /// <param name="terms">How it is signed.</param>
    /// <param name="signers">The roles with their keys.</param>
    /// <param name="cancellationToken">Ends the work; doing it again is harmless.</param>
    /// <exception cref="TrustException">
    /// A coded refusal; <see cref="TrustError.PublishConflict"/> after <see cref="MaxAttempts"/> attempts, or sooner if nobody else publishes. Nothing is published then.
    /// </exception>
    public async Task<SigningResult> PublishAsync(TargetsChange change, SigningTerms terms, ImmutableArray<RoleSigners> signers, CancellationToken cancellationToken)
    {
        // Targets first: whom it delegates to afterwards decides who signs the rest.
        var roles = signers.Where(role => role.Role != RoleName.Snapshot).OrderBy(role => role.Role != RoleName.Targets).ToList();
        var snapshot = signers.FirstOrDefault(role => role.Role == RoleName.Snapshot);
        // Of targets that is all of its hash bins.
        var renewsTargets = roles.Any(role => role.IsRenewed && role.Role == RoleName.Targets);
        var (seen, unmoved) = (0L, 0);
        for (var attempt = 1; ; attempt++)
        {
            var current = await ReadForAsync(_ => renewsTargets ? null : change, _ => roles.Select(role => role.Role), cancellationToken).ConfigureAwait(false);
            if (current.Targets.Snapshot.Metadata.Signed.Version is var version && version != seen)
                (seen, unmoved) = (version, 0);
            // With each version anew: another publisher may have signed or revoked an index meanwhile.
            var round = new SigningRound(trust.Format, current, terms, time.GetUtcNow(), FirstVersion(unmoved));
            foreach (var role in roles)
                round.Sign(role, change);
            var files = round.Publishable();
            var result = new SigningResult(files.Count > 0, round.Roles, files.Count > 0 ? attempt : attempt - 1) { Pending = round.Pending };
            if (files.Count == 0)
                return result;
            var upload = files.ToDictionary(file => file.Key, file => file.Value.File);
            if (snapshot is not null)
                upload[RoleName.Snapshot] = SignSnapshot(current.Targets.Snapshot, files, change.Delegations, snapshot);
            try
            {
                _ = await server.PublishAsync(trust.Repository, upload, cancellationToken).ConfigureAwait(false);
                foreach (var (role, file) in files)
                    trust.RememberPublished(role, file.File);
                return result;
            }
            catch (TrustException e) when (e.Error == TrustError.PublishConflict && attempt < MaxAttempts)
            {
                if (++unmoved == MaxUnmoved)
                    throw Unpublishable(files.Values, e);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(MinFirstWait, MaxFirstWait) * Math.Min(attempt, LongestWait)), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Publishes versions that others have helped to sign; they follow on what is current, or are refused.</summary>
    /// <param name="current">What is current.</param>
    /// <param name="files">The files, each with enough signatures.</param>
    /// <param name="snapshot">The keys of snapshot where it is the owner's, or null.</param>
    /// <param name="cancellationToken">Ends the work; doing it again is harmless.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if something newer is published, or a coded refusal.</exception>
    public async Task PublishSignedAsync(CurrentRoles current, IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> files, RoleSigners? snapshot, CancellationToken cancellationToken)
    {
        var upload = files.ToDictionary(file => file.Key, file => file.Value.File);
        if (snapshot is not null)
        {
            var delegations = files.TryGetValue(RoleName.Targets, out var targets) ? TargetsDiff.Between(current.Targets.Metadata.Signed, targets.Signed).ToChange().Delegations : null;
            upload[RoleName.Snapshot] = SignSnapshot(current.Targets.Snapshot, files, delegations, snapshot);
        }
        _ = await server.PublishAsync(trust.Repository, upload, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A change as one role can hold it.</summary>
    /// <param name="role">The role.</param>
    /// <param name="paths">The target paths that are the role's share; null for all that it may speak for.</param>
    /// <param name="current">Its current version, or null.</param>
    /// <param name="change">The change.</param>
    /// <param name="isWhole">False if <paramref name="current"/> is some of its hash bins alone.</param>
    /// <returns>The part that the role may speak for, completed; null if there is nothing in it for the role.</returns>
    internal static TargetsChange? ChangeFor(SigningRole role, ImmutableSortedSet<string>? paths, Targets? current, TargetsChange change, bool isWhole)
    {
        var own = change with
        {
            Set = change.Set.RemoveRange(change.Set.Keys.Where(path => !role.MaySpeakFor(path) || paths?.Contains(path) == false)),
            Delegations = role.Delegation is null ? change.Delegations : null,
        };
        return current is not null ? PlatformTargets.Complete(current, own, isWhole) : own.Set.IsEmpty ? null : own;
    }

    private async Task<CurrentRoles> ReadAsync(Func<TrustedTargets, IEnumerable<RoleName>> roles, TrustClientOptions reading, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(time.GetUtcNow(), reading);
        var targets = await client.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var (delegated, bins) = (ImmutableArray.CreateBuilder<RoleReading>(), ImmutableArray.CreateBuilder<RoleReading>());
        foreach (var name in roles(targets).Where(name => name != targets.Role))
        {
            var readings = targets.Bins?.IsBin(name) == true ? bins : delegated;
            try
            {
                readings.Add(new RoleReading(name, targets, await client.LoadDelegatedAsync(new DelegationStep(targets, name), cancellationToken).ConfigureAwait(false), null));
            }
            catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
            {
                readings.Add(new RoleReading(name, targets, null, e));
            }
        }
        return new CurrentRoles(targets, delegated.ToImmutable()) { Bins = bins.ToImmutable() };
    }

    // A server remembers the versions of a role that was taken away and is back with another key, and shows its file to nobody.
    // Versions may be left out, so that twice as far each time soon leads past them, and never further than a server accepts.
    private static long FirstVersion(int unmoved) => 1L << unmoved;

    private static TrustException Unpublishable(IEnumerable<SignedMetadata<Targets>> files, TrustException last) =>
        new(TrustError.PublishConflict, $"The trust server refuses version {string.Join(" and ", files.Select(file => file.Signed.Version))} as too old {MaxUnmoved} times, although nothing newer is published. {last.Message}", last)
        {
            Role = last.Role,
            Hint = "If a proxy stands between, it may answer with what it keeps; try again later. If a role was removed and added again, have its owner add it under another name.",
        };

    private ReadOnlyMemory<byte> SignSnapshot(TrustedSnapshot current, IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> files, DelegationChange? delegations, RoleSigners signers)
    {
        var role = SigningRole.Of(current.Root, RoleName.Snapshot);
        var before = current.Metadata.Signed;
        // Where a snapshot may leave out a role, one that nobody delegates to has no place in it.
        if (trust.Format.Rules.MaySnapshotDropRoles && delegations is { Remove.IsEmpty: false })
            before = before with { Meta = before.Meta.Where(entry => !delegations.Remove.Contains(entry.Key)).ToDictionary().AsReadOnly() };
        var next = SnapshotBuilder.Next(before, files.ToDictionary(file => file.Key, file => file.Value.Describe()), time.GetUtcNow() + SnapshotLifetime);
        var signed = MetadataSigner.Sign(trust.Format, next, role.Keys, signers.Keys);
        _ = role.RequireSigned(signed);
        return signed.File;
    }
}
