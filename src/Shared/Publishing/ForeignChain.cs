using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>
/// What another server published of a repository, verified from its first root down to every delegated role. That something
/// has expired does not matter here: it is to be kept as it is, and clients judge for themselves.
/// </summary>
public sealed class ForeignChain
{
    private ForeignChain(ImmutableArray<TrustedRoot> roots, PublishedSet set, ImmutableArray<TrustedTargets> targets, IReadOnlyDictionary<RoleName, TrustException> unverified)
    {
        Roots = roots;
        Set = set;
        Targets = targets;
        Unverified = unverified;
    }

    /// <summary>Every root, each accepted by the one before it. The first one is taken as it is: whoever pins a root looks it up here.</summary>
    public ImmutableArray<TrustedRoot> Roots { get; }

    /// <summary>What is current.</summary>
    public PublishedSet Set { get; }

    /// <summary>Targets and the delegated roles that a client would accept, in the order in which they are reached.</summary>
    public ImmutableArray<TrustedTargets> Targets { get; }

    /// <summary>Roles that snapshot lists and that clients skip, with the reason.</summary>
    public IReadOnlyDictionary<RoleName, TrustException> Unverified { get; }

    /// <summary>The first moment at which clients refuse something that the owner or the server must sign anew: root, targets, snapshot or timestamp expires.</summary>
    public DateTimeOffset ServableUntil => new[]
    {
        Set.Root.Metadata.Signed.Expires, Targets[0].Metadata.Signed.Expires, Set.Snapshot.Metadata.Signed.Expires, Set.Timestamp.Metadata.Signed.Expires,
    }.Min();

    /// <summary>Verifies files of one repository.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="files">Every root without a gap; the current timestamp, the snapshot that it names, and each file that this lists.</param>
    /// <param name="rules">Limits.</param>
    /// <param name="referenceTime">The time of the check, UTC.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static ForeignChain Verify(IMetadataFormat format, RepositoryName repository, IReadOnlyList<UploadedFile> files, PublishRules rules, DateTimeOffset referenceTime)
    {
        var roots = AcceptRoots(format, files, rules);
        var root = roots[^1];
        RequireRepository(root, repository, referenceTime);
        if (!root.Metadata.Signed.ConsistentSnapshot && format.Rules.ParentsNameVersions)
            throw new TrustException(TrustError.IncompleteRoot, "The root says consistent_snapshot false; only consistent snapshots are served here.") { Role = RoleName.Root.Value };
        var single = Single(files);
        var timestampFile = Required(single, RoleName.Timestamp);
        var timestamp = root.AcceptTimestamp(timestampFile, null, WhileFresh(format.Read<Timestamp>(timestampFile, rules.ClientLimits.MaxTimestampBytes).Signed, referenceTime));
        var snapshotFile = Required(single, RoleName.Snapshot);
        var snapshot = timestamp.AcceptSnapshot(snapshotFile, null, WhileFresh(format.Read<Snapshot>(snapshotFile, rules.ClientLimits.MaxListedSnapshotBytes).Signed, referenceTime));
        RequireFewRoles(snapshot, rules);
        var unverified = new Dictionary<RoleName, TrustException>();
        var documents = ReadTargets(format, snapshot, single, rules);
        var targets = AcceptAll(snapshot, documents, unverified, referenceTime);
        foreach (var role in documents.Keys.Except(targets.Select(accepted => accepted.Role)))
            unverified.TryAdd(role, new TrustException(TrustError.RoleNotListed, $"No role that clients can reach delegates to {role}.") { Role = role.Value });
        return new ForeignChain(roots, new PublishedSet(snapshot, documents), targets, unverified);
    }

    /// <summary>
    /// The same without the roots that nothing vouches for: each root before <paramref name="trusted"/> is kept only if the keys
    /// of the one after it, which is vouched for, signed it too. That the next root follows from it proves nothing.
    /// </summary>
    /// <param name="trusted">The root of this chain that is trusted.</param>
    public ForeignChain VouchedForBy(TrustedRoot trusted)
    {
        var first = Roots.IndexOf(trusted);
        while (first > 0 && IsSignedByKeysOf(Roots[first], Roots[first - 1]))
            first--;
        return first <= 0 ? this : new ForeignChain(Roots[first..], Set, Targets, Unverified);
    }

    /// <summary>Every file that is to be kept: roots first, timestamp last.</summary>
    public IEnumerable<CandidateFile> Files() =>
    [
        .. Roots.Select(root => CandidateFile.Of(RoleName.Root, root.Metadata)),
        .. Set.Targets.Select(document => CandidateFile.Of(document.Key, document.Value.Read())),
        CandidateFile.Of(RoleName.Snapshot, Set.Snapshot.Metadata),
        CandidateFile.Of(RoleName.Timestamp, Set.Timestamp.Metadata),
    ];

    private static ImmutableArray<TrustedRoot> AcceptRoots(IMetadataFormat format, IReadOnlyList<UploadedFile> files, PublishRules rules)
    {
        var inOrder = files.Where(file => file.Role == RoleName.Root).OrderBy(file => format.Read<Root>(file.Data, rules.ClientLimits.MaxRootBytes).Signed.Version).ToList();
        if (inOrder.Count == 0)
            throw Missing(RoleName.Root);
        if (inOrder.Count > rules.ClientLimits.MaxRootUpdates)
            throw new TrustException(TrustError.TooLarge, $"There are {inOrder.Count} roots; clients follow {rules.ClientLimits.MaxRootUpdates} at the most.") { Role = RoleName.Root.Value };
        var roots = ImmutableArray.CreateBuilder<TrustedRoot>(inOrder.Count);
        roots.Add(TrustedRoot.Pin(format, inOrder[0].Data, rules.ClientLimits));
        foreach (var file in inOrder.Skip(1))
        {
            // Said first: without the one in between, the next one is signed by strangers, which tells nobody what is missing.
            if (format.Read<Root>(file.Data, rules.ClientLimits.MaxRootBytes).Signed.Version is var version && version != roots[^1].Version + 1)
                throw new TrustException(TrustError.VersionMismatch, $"Root {version} comes after root {roots[^1].Version}; every root in between is needed.") { Role = RoleName.Root.Value };
            roots.Add(roots[^1].AcceptRoot(file.Data));
        }
        return roots.MoveToImmutable();
    }

    private static bool IsSignedByKeysOf(TrustedRoot root, TrustedRoot former) =>
        SignatureThreshold.Count(former.Metadata, root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[RoleName.Root]).IsMet;

    private static void RequireRepository(TrustedRoot root, RepositoryName repository, DateTimeOffset referenceTime)
    {
        try
        {
            root.RequireRepository(repository, referenceTime);
        }
        catch (TrustException e) when (e.Error == TrustError.Expired)
        {
            // Its certificate has expired, as anything may have here; the name in it was right.
        }
    }

    private static Dictionary<RoleName, ReadOnlyMemory<byte>> Single(IReadOnlyList<UploadedFile> files)
    {
        var single = new Dictionary<RoleName, ReadOnlyMemory<byte>>();
        foreach (var file in files.Where(file => file.Role != RoleName.Root))
        {
            if (!single.TryAdd(file.Role, file.Data))
                throw new TrustException(TrustError.MalformedRequest, $"There are two files of {file.Role}; the current one alone is needed.") { Role = file.Role.Value };
        }
        return single;
    }

    // What snapshot lists is what is kept, byte for byte; nothing else is.
    private static Dictionary<RoleName, TargetsDocument> ReadTargets(IMetadataFormat format, TrustedSnapshot snapshot, Dictionary<RoleName, ReadOnlyMemory<byte>> single, PublishRules rules)
    {
        var documents = new Dictionary<RoleName, TargetsDocument>();
        foreach (var (role, file) in single)
        {
            if (role == RoleName.Timestamp || role == RoleName.Snapshot)
                continue;
            var listed = snapshot.Listed(role);
            FileIntegrity.Check(file.Span, listed.Length, listed.Hashes, role.Value);
            documents.Add(role, new TargetsDocument(format.Read<Targets>(file, rules.ClientLimits.MaxListedBytes)));
        }
        foreach (var role in snapshot.Metadata.Signed.Meta.Keys)
        {
            if (role != RoleName.Root && !documents.ContainsKey(role))
                throw Missing(role);
        }
        return documents.ContainsKey(RoleName.Targets) ? documents : throw Missing(RoleName.Targets);
    }

    private static ImmutableArray<TrustedTargets> AcceptAll(
        TrustedSnapshot snapshot, Dictionary<RoleName, TargetsDocument> documents, Dictionary<RoleName, TrustException> unverified, DateTimeOffset referenceTime)
    {
        var top = documents[RoleName.Targets].Read();
        var accepted = new List<TrustedTargets> { snapshot.AcceptTargets(top, WhileFresh(top.Signed, referenceTime)) };
        var reached = new HashSet<RoleName> { RoleName.Targets };
        var known = documents.Keys.ToHashSet();
        for (var at = 0; at < accepted.Count; at++)
        {
            foreach (var role in accepted[at].Metadata.Signed.Delegations?.DelegatedAmong(known) ?? [])
            {
                if (reached.Contains(role))
                    continue;
                var document = documents[role];
                try
                {
                    var targets = document.Read();
                    accepted.Add(accepted[at].AcceptDelegated(role, targets, WhileFresh(targets.Signed, referenceTime)));
                    reached.Add(role);
                    unverified.Remove(role);
                }
                catch (TrustException e) when (snapshot.Root.Format.Rules.UnverifiableRole == UnverifiableRole.IsSkipped)
                {
                    // As clients do; it is kept, because its owner can sign the same content again with another key.
                    unverified.TryAdd(role, e);
                }
            }
        }
        return [.. accepted];
    }

    private static ReadOnlyMemory<byte> Required(Dictionary<RoleName, ReadOnlyMemory<byte>> files, RoleName role) => files.TryGetValue(role, out var file) ? file : throw Missing(role);

    private static TrustException Missing(RoleName role) => new(TrustError.MalformedRequest, $"The file of {role} is missing; every root, and each current file, is needed.") { Role = role.Value };

    private static void RequireFewRoles(TrustedSnapshot snapshot, PublishRules rules)
    {
        if (snapshot.Metadata.Signed.Meta.Count + 3 > rules.MaxRoles)
            throw new TrustException(TrustError.TooLarge, $"The repository has {snapshot.Metadata.Signed.Meta.Count + 3} roles; at most {rules.MaxRoles} are allowed.");
    }

    private static DateTimeOffset WhileFresh(IRole role, DateTimeOffset referenceTime) => role.Expires > referenceTime ? referenceTime : role.Expires.AddTicks(-1);
}
