using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>
/// The client workflow of TUF: walks root, then takes timestamp, snapshot and targets from the source or the cache, and
/// searches targets. All checks are those of the trusted chain; here are only the order, the files and the network.
/// </summary>
/// <remarks>Source: TUF 1.0.34 §5. One instance serves one run with one reference time; it is not for several threads.</remarks>
/// <param name="format">The repository's format.</param>
/// <param name="source">Where files come from, or null to use the cache alone.</param>
/// <param name="cache">Files of former runs; its <c>root.json</c> is the pinned root or one that follows from it.</param>
/// <param name="referenceTime">The one time of this run, UTC.</param>
/// <param name="options">Limits.</param>
public sealed class TrustClient(IMetadataFormat format, IMetadataSource? source, IMetadataCache cache, DateTimeOffset referenceTime, TrustClientOptions options)
{
    private const int MaxListedRoles = 1024;

    private readonly DateTimeOffset expiryTime = options.ChecksExpiry ? referenceTime : DateTimeOffset.MinValue;

    // By delegator as well as by name: what one role vouches for says nothing about another one.
    private readonly Dictionary<DelegationStep, TrustedTargets> delegated = [];
    private readonly Dictionary<DelegationStep, TrustException> refused = [];
    private readonly Dictionary<RoleName, TrustException> skipped = [];

    /// <summary>The repository whose metadata this is, so that root's keys must be allowed to speak for it; null if that is not known.</summary>
    public RepositoryName? Repository { get; init; }

    /// <summary>The delegated roles that this run left out because they do not verify, where the format allows that.</summary>
    public IReadOnlyDictionary<RoleName, TrustException> Skipped => skipped;

    /// <summary>Updates to the current targets.</summary>
    /// <exception cref="TrustException">A coded refusal. What was accepted before it is kept; nothing else is.</exception>
    public async Task<TrustedTargets> RefreshAsync(CancellationToken cancellationToken)
    {
        var clock = new ClockMemory(cache, referenceTime, options.ClockTolerance);
        clock.Check();
        TrustedTargets targets;
        try
        {
            targets = await UpdateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException e) when (source is not null && e.Role == RoleName.Root.Value && e.Error is TrustError.HashMismatch or TrustError.LengthMismatch)
        {
            // Snapshot lists another root than the newest one of a moment ago: there may be a newer one by now.
            targets = await UpdateAsync(cancellationToken).ConfigureAwait(false);
        }
        clock.Remember();
        return targets;
    }

    /// <summary>Searches a target through targets and delegated roles.</summary>
    /// <returns>Null if no role that may speak for the path lists it.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<FoundTarget?> FindAsync(TrustedTargets top, string targetPath, CancellationToken cancellationToken)
    {
        if (!format.Rules.ImageRoles.IsEmpty)
            return await FindInImageRolesAsync(top, targetPath, cancellationToken).ConfigureAwait(false);
        var walk = new DelegationWalk(top, targetPath);
        while (walk.Next() is { } step)
        {
            try
            {
                walk.Visit(await LoadDelegatedAsync(step, cancellationToken).ConfigureAwait(false));
            }
            catch (TrustException e) when (walk.TrySkip(step, e))
            {
                skipped[step.Role] = e;
            }
        }
        return walk.Found;
    }

    /// <summary>Reads targets and every role below it, for "who signed what"; a search looks at fewer roles in some formats.</summary>
    /// <returns>The roles in the order of the delegations, outer ones first; those that are left out with the reason.</returns>
    /// <exception cref="TrustException">A coded refusal that the format does not let pass.</exception>
    public async Task<IReadOnlyList<RoleReading>> ReadAllRolesAsync(TrustedTargets top, CancellationToken cancellationToken)
    {
        var readings = new List<RoleReading> { new(top.Role, null, top, null) };
        var seen = new HashSet<RoleName> { top.Role };
        var published = top.Snapshot.Metadata.Signed.Meta.Keys.ToHashSet();
        var maxRoles = top.Bins is null ? MaxListedRoles : MaxListedRoles + HashBins.Max;
        for (var next = 0; next < readings.Count; next++)
        {
            // A delegated role that was never published speaks for nothing.
            foreach (var name in readings[next].Trusted?.Metadata.Signed.Delegations?.DelegatedAmong(published).Where(seen.Add) ?? [])
            {
                if (readings.Count >= maxRoles)
                    throw new TrustException(TrustError.DelegationLimit, $"The repository has more than {maxRoles} delegated roles; they cannot be listed.");
                readings.Add(await ReadAsync(readings[next].Trusted!, name, cancellationToken).ConfigureAwait(false));
            }
        }
        return readings;
    }

    /// <summary>Loads a role that another one delegates to. A run asks for it once; a refusal stands as well.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<TrustedTargets> LoadDelegatedAsync(DelegationStep step, CancellationToken cancellationToken)
    {
        if (delegated.TryGetValue(step, out var known))
            return known;
        // Each of a thousand targets may lead to the same role: nobody is to be asked a thousand times for what is not given.
        if (refused.TryGetValue(step, out var refusal))
            throw refusal;
        try
        {
            var role = await LoadAsync(
                step.Role,
                step.Delegator.Snapshot,
                (file, trusted) => step.Delegator.AcceptDelegated(step.Role, file, expiryTime, trusted),
                file => step.Delegator.RecallDelegatedVersion(step.Role, file),
                cancellationToken).ConfigureAwait(false);
            delegated.Add(step, role);
            return role;
        }
        catch (TrustException e)
        {
            refused.Add(step, e);
            throw;
        }
    }

    private async Task<FoundTarget?> FindInImageRolesAsync(TrustedTargets top, string targetPath, CancellationToken cancellationToken)
    {
        foreach (var name in format.Rules.ImageRoles.Where(name => name == top.Role || top.DelegatesTo(name)))
        {
            var role = name == top.Role ? top : (await ReadAsync(top, name, cancellationToken).ConfigureAwait(false)).Trusted;
            if (role is not null && role.MaySpeakFor(targetPath) && role.Metadata.Signed.TargetFiles.TryGetValue(targetPath, out var target))
                return new FoundTarget(targetPath, target, role);
        }
        return null;
    }

    private async Task<RoleReading> ReadAsync(TrustedTargets delegator, RoleName name, CancellationToken cancellationToken)
    {
        try
        {
            return new RoleReading(name, delegator, await LoadDelegatedAsync(new DelegationStep(delegator, name), cancellationToken).ConfigureAwait(false), null);
        }
        catch (TrustException e) when (DelegationWalk.MaySkip(format.Rules, e))
        {
            skipped[name] = e;
            return new RoleReading(name, delegator, null, e);
        }
    }

    private async Task<TrustedTargets> UpdateAsync(CancellationToken cancellationToken)
    {
        var root = await UpdateRootAsync(cancellationToken).ConfigureAwait(false);
        var mark = HighWaterMark.Of(root, cache);
        var timestamp = await UpdateTimestampAsync(root, mark, cancellationToken).ConfigureAwait(false);
        var snapshot = await UpdateSnapshotAsync(timestamp, mark, cancellationToken).ConfigureAwait(false);
        return await LoadAsync(
            RoleName.Targets,
            snapshot,
            (file, trusted) => snapshot.AcceptTargets(file, expiryTime, trusted),
            snapshot.RecallTargetsVersion,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrustedRoot> UpdateRootAsync(CancellationToken cancellationToken)
    {
        var pinned = cache.Read(StoredFile.NameOf(RoleName.Root)) ?? throw new TrustException(TrustError.RootNotPinned, "No root is pinned for the repository.");
        var root = TrustedRoot.Pin(format, pinned, options.Limits);
        cache.Follow(root, null);
        for (var updates = 0; source is not null && updates < options.Limits.MaxRootUpdates; updates++)
        {
            // Roots have a version in their name, with or without consistent snapshots. Source: TUF 1.0.34 §5.3.3.
            var file = await source.FetchAsync(format.Rules.FileName(RoleName.Root, root.Version + 1), options.Limits.MaxRootBytes, cancellationToken).ConfigureAwait(false);
            if (file is null)
                break;
            var next = root.AcceptRoot(file);
            options.RequireRoot?.Invoke(next);
            // Before the root is stored, so that no crash leaves versions of a thief in force. Source: TUF 1.0.34 §5.3.11.
            cache.Follow(next, root);
            root = next;
            cache.Write(StoredFile.NameOf(RoleName.Root), file);
        }
        root.RequireFresh(expiryTime);
        if (Repository is null)
            return root;
        // A certificate that has ended makes a root expired, whose owner may still look at it and renew it.
        if (options.ChecksExpiry)
            root.RequireRepository(Repository, referenceTime);
        else
            root.RequireRepository(Repository);
        return root;
    }

    private async Task<TrustedTimestamp> UpdateTimestampAsync(TrustedRoot root, HighWaterMark mark, CancellationToken cancellationToken)
    {
        var name = StoredFile.NameOf(RoleName.Timestamp);
        var stored = cache.Read(name);
        if (source is null)
            return root.AcceptTimestamp(mark.Timestamp?.Metadata.File ?? stored ?? throw StoredFile.Missing(RoleName.Timestamp), null, expiryTime);
        var file = await source.FetchAsync(name, options.Limits.MaxTimestampBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no trust data at {source.Location}.")
            {
                Hint = Repository is null ? "Check the address: it is that of the metadata, timestamp.json and the rest." : "Check the repository's name and the trust server's address, or ask its owner to run: signer init",
            };
        var timestamp = root.AcceptTimestamp(file, mark.Timestamp, expiryTime);
        if (!timestamp.Metadata.File.Span.SequenceEqual(stored))
            cache.Write(name, timestamp.Metadata.File);
        return timestamp;
    }

    private async Task<TrustedSnapshot> UpdateSnapshotAsync(TrustedTimestamp timestamp, HighWaterMark mark, CancellationToken cancellationToken)
    {
        var name = StoredFile.NameOf(RoleName.Snapshot);
        var stored = cache.Read(name);
        if (stored is not null && StoredFile.TryAccept(() => timestamp.AcceptSnapshot(stored, null, expiryTime)) is { } current)
            return mark.RequireNoRollback(current);
        if (StoredFile.TakeOver(cache, name, kept => mark.RequireNoRollback(timestamp.AcceptSnapshot(kept, null, expiryTime))) is { } elsewhere)
            return elsewhere;
        if (source is null)
            return StoredFile.Accept(RoleName.Snapshot, stored, kept => timestamp.AcceptSnapshot(kept, null, expiryTime));
        var file = await FetchAsync(source, RoleName.Snapshot, timestamp.Root, timestamp.Metadata.Signed.SnapshotMeta, timestamp.MaxSnapshotBytes, cancellationToken).ConfigureAwait(false);
        var snapshot = mark.RequireNoRollback(timestamp.AcceptSnapshot(file, stored is null ? null : timestamp.RecallSnapshot(stored), expiryTime));
        cache.Write(name, file);
        return snapshot;
    }

    // A stored file is never believed: it goes through the same checks, against whoever delegates to it now.
    private async Task<TrustedTargets> LoadAsync(
        RoleName role,
        TrustedSnapshot snapshot,
        Func<ReadOnlyMemory<byte>, long?, TrustedTargets> accept,
        Func<ReadOnlyMemory<byte>, long?> recall,
        CancellationToken cancellationToken)
    {
        var listed = snapshot.Listed(role);
        var name = StoredFile.NameOf(role);
        var stored = cache.Read(name);
        // Where snapshot names no versions, those that were trusted before count.
        var trusted = format.Rules.ParentsNameVersions ? null : cache.Others.Max(other => other.Read(name) is { } kept ? recall(kept) : null);
        if (stored is not null && StoredFile.TryAccept(() => accept(stored, trusted)) is { } current)
            return current;
        if (!format.Rules.ParentsNameVersions && stored is not null && recall(stored) is { } own && !(trusted >= own))
            trusted = own;
        if (StoredFile.TakeOver(cache, name, kept => accept(kept, trusted)) is { } elsewhere)
            return elsewhere;
        if (source is null)
            return StoredFile.Accept(role, stored ?? cache.Others.Select(other => other.Read(name)).FirstOrDefault(kept => kept is not null), kept => accept(kept, trusted));
        var file = await FetchAsync(source, role, snapshot.Root, listed, snapshot.MaxBytesOf(role), cancellationToken).ConfigureAwait(false);
        var accepted = accept(file, trusted);
        cache.Write(name, file);
        return accepted;
    }

    private async Task<byte[]> FetchAsync(IMetadataSource from, RoleName role, TrustedRoot root, MetaFile listed, int maxBytes, CancellationToken cancellationToken)
    {
        var name = format.Rules.ListedFileName(role, listed, root.Metadata.Signed.ConsistentSnapshot);
        return await from.FetchAsync(name, maxBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.MetadataUnknown, $"{name} is listed, but it is not at {from.Location}.") { Role = role.Value };
    }
}
