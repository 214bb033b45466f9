using System.Security.Cryptography;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>What the next snapshot has to list.</summary>
internal static class ListedFiles
{
    /// <summary>The entry of a file in a parent's list.</summary>
    public static MetaFile Describe<TRole>(IMetadataFormat format, SignedMetadata<TRole> metadata)
        where TRole : class, IRole
    {
        var listed = metadata.Describe();
        return format.Rules.ListsSha512
            ? listed with { Hashes = new FileHashes([.. listed.Hashes!.Values, new FileHash(FileHashes.Sha512Name, SHA512.HashData(metadata.File.Span))]) }
            : listed;
    }

    /// <summary>The entries after a publish.</summary>
    /// <param name="current">What is published now, or null.</param>
    /// <param name="root">The next root.</param>
    /// <param name="documents">Every file of a targets role, the uploaded ones included.</param>
    /// <param name="uploaded">The uploaded ones.</param>
    /// <param name="referenceTime">The time of the publish, UTC; null to leave out roles that return to the list.</param>
    public static Dictionary<RoleName, MetaFile> After(
        PublishedSet? current,
        TrustedRoot root,
        IReadOnlyDictionary<RoleName, TargetsDocument> documents,
        IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> uploaded,
        DateTimeOffset? referenceTime)
    {
        var before = current?.Snapshot.Metadata.Signed.Meta;
        var format = root.Format;
        var listed = new Dictionary<RoleName, MetaFile>();
        if (format.Rules.SnapshotListsRoot)
            listed.Add(RoleName.Root, before is not null && root == current!.Root ? before[RoleName.Root] : Describe(format, root.Metadata));
        // A role that was listed once stays listed: clients refuse a snapshot that drops one. Source: TUF 1.0.34 §5.5.5.
        var kept = !format.Rules.MaySnapshotDropRoles ? (before?.Keys ?? []).Concat(uploaded.Keys) : Delegated(documents, ListsAgain, format.Rules);
        foreach (var role in kept.Distinct())
            listed[role] = uploaded.TryGetValue(role, out var file) ? Describe(format, file) : before is not null && before.TryGetValue(role, out var entry) ? entry : Describe(format, documents[role].Read());
        return listed;

        // A file that nobody delegated to for a while returns if its signatures hold again: its next version then follows on it.
        bool ListsAgain(Delegations delegations, RoleName role) =>
            uploaded.ContainsKey(role) || before?.ContainsKey(role) == true
            || (referenceTime is { } time && documents[role].Read() is var file && file.Signed.Expires > time
                && SignatureThreshold.Count(file, delegations.Keys, delegations.KeysOf(role)!).IsMet);
    }

    // By their names alone: a file that its present keys did not sign waits to be signed by one of them, which takes the file.
    private static List<RoleName> Delegated(IReadOnlyDictionary<RoleName, TargetsDocument> documents, Func<Delegations, RoleName, bool> isListed, FormatRules rules)
    {
        var found = new List<RoleName> { RoleName.Targets };
        var seen = found.ToHashSet();
        var known = documents.Keys.ToHashSet();
        for (var at = 0; at < found.Count; at++)
        {
            if (documents[found[at]].Read().Signed.Delegations is not { } delegations)
                continue;
            foreach (var role in delegations.DelegatedAmong(known))
            {
                if (rules.MayDelegate(found[at], role) && !seen.Contains(role) && isListed(delegations, role) && seen.Add(role))
                    found.Add(role);
            }
        }
        return found;
    }
}
