using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>Makes and signs snapshot and timestamp, and walks the result as a client would before anybody can see it.</summary>
internal static class OnlineStep
{
    public static CandidateSet Sign(
        PublishedSet? current,
        TrustedRoot root,
        IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> uploaded,
        ReadOnlyMemory<byte>? uploadedSnapshot,
        OnlineSigners signers,
        PublishRules rules,
        DateTimeOffset referenceTime,
        OnlineVersions? plausible,
        long lost)
    {
        var targets = current is null ? [] : new Dictionary<RoleName, TargetsDocument>(current.Targets);
        foreach (var (role, metadata) in uploaded)
            targets[role] = new TargetsDocument(metadata);
        var listed = ListedFiles.After(current, root, targets, uploaded, uploadedSnapshot is null ? referenceTime : null);
        RequireFewRoles(listed.Count, rules);
        var snapshot = SnapshotBuilder.Exactly(SnapshotBefore(current, root, plausible, lost), listed.AsReadOnly(), SnapshotExpiry(root, rules, referenceTime));
        if (uploadedSnapshot is null && signers.Find(root.Metadata.Signed, RoleName.Snapshot) is null)
            CheckTargetsAlone(root, snapshot, targets, uploaded.Keys, referenceTime);
        var signedSnapshot = uploadedSnapshot is { } file
            ? SnapshotStep.Read(root, current, file, listed, targets, rules, referenceTime)
            : SignOnline(root, RoleName.Snapshot, snapshot, signers);
        var signedTimestamp = SignTimestamp(TimestampBefore(current, root, plausible, lost), root, signedSnapshot, signers, rules, referenceTime);

        var accepted = AcceptSnapshot(current, root, signedTimestamp, signedSnapshot, referenceTime);
        AcceptTargets.All(accepted, targets, uploaded.Keys, referenceTime);

        var newFiles = ImmutableArray.CreateBuilder<CandidateFile>(uploaded.Count + 3);
        if (root != current?.Root)
            newFiles.Add(CandidateFile.Of(RoleName.Root, root.Metadata));
        newFiles.AddRange(uploaded.Select(role => CandidateFile.Of(role.Key, role.Value)));
        newFiles.Add(CandidateFile.Of(RoleName.Snapshot, signedSnapshot));
        newFiles.Add(CandidateFile.Of(RoleName.Timestamp, signedTimestamp));
        return new CandidateSet(new PublishedSet(accepted, targets), newFiles.ToImmutable()) { ResetRoles = current is null ? [] : [.. newFiles.Where(file => GoesBack(current, file)).Select(file => file.Role)], LeftOut = lost };
    }

    public static CandidateSet Renew(PublishedSet current, bool renewsSnapshot, OnlineSigners signers, PublishRules rules, DateTimeOffset referenceTime, long lost)
    {
        var before = current.Snapshot.Metadata;
        var snapshot = renewsSnapshot
            ? SignOnline(current.Root, RoleName.Snapshot, SnapshotBuilder.Next(RequireNext(RoleName.Snapshot, before.Signed) with { Version = Skip(before.Signed.Version, lost) }, new Dictionary<RoleName, MetaFile>(), SnapshotExpiry(current.Root, rules, referenceTime)), signers)
            : before;
        var timestampBefore = RequireNext(RoleName.Timestamp, current.Timestamp.Metadata.Signed);
        var timestamp = SignTimestamp(timestampBefore with { Version = Skip(timestampBefore.Version, lost) }, current.Root, snapshot, signers, rules, referenceTime);
        var accepted = AcceptSnapshot(current, current.Root, timestamp, snapshot, referenceTime);
        var timestampFile = CandidateFile.Of(RoleName.Timestamp, timestamp);
        return new CandidateSet(
            new PublishedSet(accepted, current.Targets),
            renewsSnapshot ? [CandidateFile.Of(RoleName.Snapshot, snapshot), timestampFile] : [timestampFile]) { LeftOut = renewsSnapshot ? lost : 0 };
    }

    private static DateTimeOffset SnapshotExpiry(TrustedRoot root, PublishRules rules, DateTimeOffset referenceTime) =>
        referenceTime + rules.SnapshotLifetime + root.Format.Rules.SnapshotWarning;

    // Without a key for snapshot nothing comes of a publish. What is wrong with the uploaded files is said first all the same:
    // it is what their owner can mend.
    private static void CheckTargetsAlone(
        TrustedRoot root, Snapshot snapshot, IReadOnlyDictionary<RoleName, TargetsDocument> targets, IEnumerable<RoleName> uploaded, DateTimeOffset referenceTime)
    {
        var nobody = new ThresholdResult(1, [], []);
        var unsigned = MetadataSigner.Unsigned(root.Format, snapshot);
        var timestamp = TimestampBuilder.Next(null, ListedFiles.Describe(root.Format, unsigned), snapshot.Expires, referenceTime);
        var draft = new TrustedTimestamp(root, MetadataSigner.Unsigned(root.Format, timestamp), nobody);
        AcceptTargets.All(new TrustedSnapshot(draft, unsigned, nobody), targets, uploaded, referenceTime);
    }

    private static SignedMetadata<Timestamp> SignTimestamp(
        Timestamp? before, TrustedRoot root, SignedMetadata<Snapshot> snapshot, OnlineSigners signers, PublishRules rules, DateTimeOffset referenceTime) =>
        SignOnline(root, RoleName.Timestamp, TimestampBuilder.Next(before, ListedFiles.Describe(root.Format, snapshot), referenceTime + rules.TimestampLifetime, referenceTime), signers);

    private static Snapshot? SnapshotBefore(PublishedSet? current, TrustedRoot root, OnlineVersions? plausible, long lost) =>
        current?.Snapshot.Metadata.Signed is not { } before ? null
        : plausible is not null && plausible.Snapshot < before.Version && !VersionReset.HoldsSnapshot(current, root) ? before with { Version = Skip(plausible.Snapshot, lost) }
        : before with { Version = Skip(RequireNext(RoleName.Snapshot, before).Version, lost) };

    private static Timestamp? TimestampBefore(PublishedSet? current, TrustedRoot root, OnlineVersions? plausible, long lost) =>
        current?.Timestamp.Metadata.Signed is not { } before ? null
        : plausible is not null && plausible.Timestamp < before.Version && !VersionReset.HoldsTimestamp(current, root) ? before with { Version = Skip(plausible.Timestamp, lost) }
        : before with { Version = Skip(RequireNext(RoleName.Timestamp, before).Version, lost) };

    private static TRole RequireNext<TRole>(RoleName name, TRole before)
        where TRole : class, IRole =>
        before.Version < MetadataLimits.MaxVersion
            ? before
            : throw new TrustException(TrustError.VersionJump, $"{name} has version {before.Version}, after which there is none: somebody with its key published it.")
            {
                Role = name.Value,
                Hint = "A new root that takes the keys of snapshot and timestamp away lets the versions begin anew: signer recover REPOSITORY",
            };

    // There is a version behind it.
    private static long Skip(long version, long lost) => Math.Min(version + lost, MetadataLimits.MaxVersion - 1);

    private static bool GoesBack(PublishedSet current, CandidateFile file) =>
        file.Version < (file.Role == RoleName.Root ? current.Root.Version
            : file.Role == RoleName.Timestamp ? current.Timestamp.Metadata.Signed.Version
            : file.Role == RoleName.Snapshot ? current.Snapshot.Metadata.Signed.Version
            : current.TargetsVersion(file.Role));

    private static SignedMetadata<TRole> SignOnline<TRole>(TrustedRoot root, RoleName name, TRole role, OnlineSigners signers)
        where TRole : class, IRole
    {
        ISigningKey signer = signers.Require(root.Metadata.Signed, name);
        return MetadataSigner.Sign(root.Format, role, OnlineSigners.ListedKeys(root.Metadata.Signed, name), [signer]);
    }

    // A client that saw the former set comes with what it trusted then, as far as it still holds under the new root.
    private static TrustedSnapshot AcceptSnapshot(
        PublishedSet? current, TrustedRoot root, SignedMetadata<Timestamp> timestamp, SignedMetadata<Snapshot> snapshot, DateTimeOffset referenceTime)
    {
        var isSameRoot = root == current?.Root;
        var trustedTimestamp = current is null ? null : isSameRoot ? current.Timestamp : root.RecallTimestamp(current.Timestamp.Metadata.File);
        var accepted = root.AcceptTimestamp(timestamp.File, trustedTimestamp, referenceTime);
        var trustedSnapshot = current is null ? null : isSameRoot ? current.Snapshot : accepted.RecallSnapshot(current.Snapshot.Metadata.File);
        return accepted.AcceptSnapshot(snapshot, trustedSnapshot, referenceTime);
    }

    private static void RequireFewRoles(int listed, PublishRules rules)
    {
        const int RolesAboveTargets = 3;
        if (listed + RolesAboveTargets > rules.MaxRoles)
            throw new TrustException(TrustError.TooLarge, $"The repository would have {listed + RolesAboveTargets} roles; at most {rules.MaxRoles} are allowed.");
    }
}
