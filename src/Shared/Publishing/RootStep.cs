using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>The root under which the next set is published: the uploaded one or the current one.</summary>
internal static class RootStep
{
    public static TrustedRoot Next(
        IMetadataFormat format, PublishedSet? current, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> uploads, OnlineSigners signers, PublishRules rules, DateTimeOffset referenceTime)
    {
        if (!uploads.TryGetValue(RoleName.Root, out var file))
        {
            RequireFresh(current!.Root, referenceTime);
            return current.Root;
        }
        var root = current is null ? First(format, file, rules) : After(format, current, file, rules);
        WriteRules.CheckRoot(format, root.Metadata.Signed, referenceTime, rules.Limits);
        // Where the owner may hold the snapshot key, whether somebody can sign shows when it is to be signed.
        if (!format.Rules.MaySnapshotBeUploaded)
            CheckOnlineRole(format, root.Metadata.Signed, RoleName.Snapshot, signers, rules);
        CheckOnlineRole(format, root.Metadata.Signed, RoleName.Timestamp, signers, rules);
        return root;
    }

    /// <summary>No online signature under an expired root: clients refuse it, and only the owner can say that it still holds.</summary>
    public static void RequireFresh(TrustedRoot root, DateTimeOffset referenceTime)
    {
        try
        {
            root.RequireFresh(referenceTime);
        }
        catch (TrustException e) when (e.Error == TrustError.Expired)
        {
            throw new TrustException(TrustError.Expired, e.Message, e) { Role = e.Role, Hint = $"Sign root {root.Version + 1} with the root keys and publish it; the other files can go with it." };
        }
    }

    private static TrustedRoot First(IMetadataFormat format, ReadOnlyMemory<byte> file, PublishRules rules)
    {
        var root = UploadReading.Of(RoleName.Root, () => TrustedRoot.Pin(format, file, rules.ClientLimits));
        return root.Version <= format.Rules.MaxFirstRootVersion
            ? root
            : throw new TrustException(TrustError.VersionMismatch, $"The first root of a repository must have version {format.Rules.MaxFirstRootVersion}{(format.Rules.MaxFirstRootVersion > 1 ? " or less" : "")}; this one has {root.Version}.") { Role = RoleName.Root.Value };
    }

    private static TrustedRoot After(IMetadataFormat format, PublishedSet current, ReadOnlyMemory<byte> file, PublishRules rules)
    {
        var version = UploadReading.Read<Root>(format, RoleName.Root, file, rules.ClientLimits.MaxRootBytes).Signed.Version;
        return version > current.Root.Version ? current.Root.AcceptRoot(file) : throw PublishConflict.Of(RoleName.Root, version, current);
    }

    private static void CheckOnlineRole(IMetadataFormat format, Root root, RoleName role, OnlineSigners signers, PublishRules rules)
    {
        var keys = OnlineSigners.ListedKeys(root, role).ToList();
        if (root.Roles[role].Threshold != 1)
            throw Incomplete(role, $"Root {root.Version} asks for {root.Roles[role].Threshold} signatures of {role}, which the server signs with one key; the threshold must be 1.");
        if (signers.Find(root, role) is null)
            throw Incomplete(role, $"Root {root.Version} lists for {role} the keys {Listed(keys)}, none of which this server holds: it could never sign {role}.");
        foreach (var standby in rules.StandbyKeys.Where(standby => format.Rules.RootListsStandbyKeys && keys.TrueForAll(key => key.Fingerprint != standby.Fingerprint)))
            throw Incomplete(role, $"Root {root.Version} does not list the operator's standby key {standby.Id.Short} for {role}.");
    }

    private static string Listed(List<PublicKey> keys) => keys.Count == 0 ? "(none)" : string.Join(", ", keys.Take(8).Select(key => key.Id.Short));

    private static TrustException Incomplete(RoleName role, string message) =>
        new(TrustError.IncompleteRoot, message) { Role = RoleName.Root.Value, Hint = $"Ask this server for its key (POST …/keys/{role}), list that and every standby key for {role} with threshold 1, and sign the root again." };
}
