using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
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
    private const string LastSeenFile = "last-seen";
    private const int MaxListedRoles = 1024;
    private const int MaxFileNameLength = 200;

    // By delegator as well as by name: what one role vouches for says nothing about another one.
    private readonly Dictionary<DelegationStep, TrustedTargets> delegated = [];

    /// <summary>Updates to the current targets.</summary>
    /// <exception cref="TrustException">A coded refusal. What was accepted before it is kept; nothing else is.</exception>
    public async Task<TrustedTargets> RefreshAsync(CancellationToken cancellationToken)
    {
        CheckClock();
        var root = await UpdateRootAsync(cancellationToken).ConfigureAwait(false);
        var timestamp = await UpdateTimestampAsync(root, cancellationToken).ConfigureAwait(false);
        var snapshot = await UpdateSnapshotAsync(timestamp, cancellationToken).ConfigureAwait(false);
        var targets = await LoadAsync(RoleName.Targets, snapshot, file => snapshot.AcceptTargets(file, referenceTime), cancellationToken).ConfigureAwait(false);
        RememberClock();
        return targets;
    }

    /// <summary>Searches a target through targets and delegated roles.</summary>
    /// <returns>Null if no role that may speak for the path lists it.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<FoundTarget?> FindAsync(TrustedTargets top, string targetPath, CancellationToken cancellationToken)
    {
        var walk = new DelegationWalk(top, targetPath);
        while (walk.Next() is { } step)
        {
            try
            {
                walk.Visit(await LoadDelegatedAsync(step, cancellationToken).ConfigureAwait(false));
            }
            catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable && walk.TrySkip(step))
            {
                // The format lets the search go on without a role that cannot be verified.
            }
        }
        return walk.Found;
    }

    /// <summary>Finds every target that resolves, each as <see cref="FindAsync"/> finds it.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<IReadOnlyList<FoundTarget>> ListAsync(TrustedTargets top, CancellationToken cancellationToken)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var role in AllRolesAsync(top, cancellationToken).ConfigureAwait(false))
            paths.UnionWith(role.Metadata.Signed.TargetFiles.Keys);
        var found = new List<FoundTarget>(paths.Count);
        foreach (var path in paths)
        {
            // A role may list more than it may speak for; only what a search finds counts.
            if (await FindAsync(top, path, cancellationToken).ConfigureAwait(false) is { } target)
                found.Add(target);
        }
        return found;
    }

    /// <summary>Loads a role that another one delegates to.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<TrustedTargets> LoadDelegatedAsync(DelegationStep step, CancellationToken cancellationToken)
    {
        if (!delegated.TryGetValue(step, out var role))
        {
            role = await LoadAsync(step.Role, step.Delegator.Snapshot, file => step.Delegator.AcceptDelegated(step.Role, file, referenceTime), cancellationToken).ConfigureAwait(false);
            delegated.Add(step, role);
        }
        return role;
    }

    private async IAsyncEnumerable<TrustedTargets> AllRolesAsync(TrustedTargets top, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<RoleName> { top.Role };
        var pending = new Queue<TrustedTargets>([top]);
        var published = top.Snapshot.Metadata.Signed.Meta.Keys.ToList();
        while (pending.TryDequeue(out var role))
        {
            yield return role;
            // A delegated role that was never published speaks for nothing.
            foreach (var name in role.Metadata.Signed.Delegations?.DelegatedAmong(published) ?? [])
            {
                if (!seen.Add(name))
                    continue;
                if (seen.Count > MaxListedRoles)
                    throw new TrustException(TrustError.DelegationLimit, $"The repository has more than {MaxListedRoles} delegated roles; they cannot be listed.");
                pending.Enqueue(await LoadDelegatedAsync(new DelegationStep(role, name), cancellationToken).ConfigureAwait(false));
            }
        }
    }

    private async Task<TrustedRoot> UpdateRootAsync(CancellationToken cancellationToken)
    {
        var pinned = cache.Read(FileOf(RoleName.Root)) ?? throw new TrustException(TrustError.RootNotPinned, "No root is pinned for the repository.");
        var root = TrustedRoot.Pin(format, pinned, options.Limits);
        for (var updates = 0; source is not null && updates < options.Limits.MaxRootUpdates; updates++)
        {
            // Roots have a version in their name, with or without consistent snapshots. Source: TUF 1.0.34 §5.3.3.
            var file = await source.FetchAsync(format.Rules.FileName(RoleName.Root, root.Version + 1), options.Limits.MaxRootBytes, cancellationToken).ConfigureAwait(false);
            if (file is null)
                break;
            var next = root.AcceptRoot(file);
            options.RequireRoot?.Invoke(next);
            // Forgotten before the root is stored, so that no crash leaves versions of a thief in force. Source: TUF 1.0.34 §5.3.11.
            if (next.HasRotated(RoleName.Timestamp, root) || next.HasRotated(RoleName.Snapshot, root))
            {
                cache.Remove(FileOf(RoleName.Timestamp));
                cache.Remove(FileOf(RoleName.Snapshot));
            }
            root = next;
            cache.Write(FileOf(RoleName.Root), file);
        }
        root.RequireFresh(referenceTime);
        return root;
    }

    private async Task<TrustedTimestamp> UpdateTimestampAsync(TrustedRoot root, CancellationToken cancellationToken)
    {
        var name = FileOf(RoleName.Timestamp);
        var stored = cache.Read(name);
        var previous = stored is null ? null : root.RecallTimestamp(stored);
        if (source is null)
            return root.AcceptTimestamp(stored ?? throw NotCached(RoleName.Timestamp), null, referenceTime);
        var file = await source.FetchAsync(name, options.Limits.MaxTimestampBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no trust data at {source.Location}.") { Hint = "Check the repository's name and the trust server's address, or ask its owner to run: signer init" };
        var timestamp = root.AcceptTimestamp(file, previous, referenceTime);
        if (timestamp != previous)
            cache.Write(name, file);
        return timestamp;
    }

    private async Task<TrustedSnapshot> UpdateSnapshotAsync(TrustedTimestamp timestamp, CancellationToken cancellationToken)
    {
        var stored = cache.Read(FileOf(RoleName.Snapshot));
        if (source is null)
            return AcceptCached(RoleName.Snapshot, stored, file => timestamp.AcceptSnapshot(file, null, referenceTime));
        if (stored is not null && TryAccept(() => timestamp.AcceptSnapshot(stored, null, referenceTime)) is { } current)
            return current;
        var file = await FetchAsync(source, RoleName.Snapshot, timestamp.Root, timestamp.Metadata.Signed.SnapshotMeta, timestamp.MaxSnapshotBytes, cancellationToken).ConfigureAwait(false);
        var snapshot = timestamp.AcceptSnapshot(file, stored is null ? null : timestamp.RecallSnapshot(stored), referenceTime);
        cache.Write(FileOf(RoleName.Snapshot), file);
        return snapshot;
    }

    private async Task<TrustedTargets> LoadAsync(RoleName role, TrustedSnapshot snapshot, Func<ReadOnlyMemory<byte>, TrustedTargets> accept, CancellationToken cancellationToken)
    {
        var listed = snapshot.Listed(role);
        // A stored file is never believed: it goes through the same checks, against whoever delegates to it now.
        var stored = cache.Read(FileOf(role));
        if (source is null)
            return AcceptCached(role, stored, accept);
        if (stored is not null && TryAccept(() => accept(stored)) is { } current)
            return current;
        var file = await FetchAsync(source, role, snapshot.Root, listed, snapshot.MaxBytesOf(role), cancellationToken).ConfigureAwait(false);
        var accepted = accept(file);
        cache.Write(FileOf(role), file);
        return accepted;
    }

    private async Task<byte[]> FetchAsync(IMetadataSource from, RoleName role, TrustedRoot root, MetaFile listed, int maxBytes, CancellationToken cancellationToken)
    {
        var name = format.Rules.ListedFileName(role, listed, root.Metadata.Signed.ConsistentSnapshot);
        return await from.FetchAsync(name, maxBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.MetadataUnknown, $"{name} is listed, but it is not at {from.Location}.") { Role = role.Value };
    }

    // A stored file that is not the listed one is left over from an update that did not come to its end: that is no attack.
    private static TTrusted AcceptCached<TTrusted>(RoleName role, byte[]? stored, Func<ReadOnlyMemory<byte>, TTrusted> accept)
    {
        try
        {
            return accept(stored ?? throw NotCached(role));
        }
        catch (TrustException e) when (e.Error is TrustError.LengthMismatch or TrustError.HashMismatch or TrustError.VersionMismatch)
        {
            throw NotCached(role);
        }
    }

    private static TTrusted? TryAccept<TTrusted>(Func<TTrusted> accept)
        where TTrusted : class
    {
        try
        {
            return accept();
        }
        catch (TrustException)
        {
            // The stored file is not the current one; the source has it.
            return null;
        }
    }

    private void CheckClock()
    {
        if (options.ClockTolerance is { } tolerance && ReadLastSeen() is { } lastSeen && referenceTime < lastSeen - tolerance)
            throw new TrustException(TrustError.ClockWentBack, $"The clock shows {referenceTime:u}, but a former run saw {lastSeen:u}. With a wrong clock expired metadata looks fresh.") { Hint = "Set the clock. If it is right now and was wrong then, remove the file last-seen from the cache of the repository." };
    }

    private DateTimeOffset? ReadLastSeen() =>
        cache.Read(LastSeenFile) is { } bytes && DateTimeOffset.TryParse(Encoding.UTF8.GetString(bytes), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var lastSeen) ? lastSeen : null;

    // Only forward: many small steps back would otherwise add up. And not by a run that does not look at the clock.
    private void RememberClock()
    {
        if (options.ClockTolerance is not null && !(ReadLastSeen() >= referenceTime))
            cache.Write(LastSeenFile, Encoding.UTF8.GetBytes(referenceTime.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
    }

    private static string FileOf(RoleName role)
    {
        // A name in the cache is a single one, whatever the format's names on a server are.
        var name = Uri.EscapeDataString(role.Value) + ".json";
        // Escapes make names longer than some disks can hold.
        return name.Length <= MaxFileNameLength ? name : $"{Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(role.Value)))}.json";
    }

    private static TrustException NotCached(RoleName role) =>
        new(TrustError.ServerUnreachable, $"The current {role} is not in the cache, and nothing may be fetched offline.") { Role = role.Value, Hint = "Run the same command once without --offline." };
}
