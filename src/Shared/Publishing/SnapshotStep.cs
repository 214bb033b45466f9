using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>A snapshot that the owner signed himself. It has to say what is current, not more and not less.</summary>
/// <remarks>Whoever has the snapshot key alone could otherwise bring older files back, or hide one.</remarks>
internal static class SnapshotStep
{
    public static SignedMetadata<Snapshot> Read(
        TrustedRoot root,
        PublishedSet? current,
        ReadOnlyMemory<byte> file,
        IReadOnlyDictionary<RoleName, MetaFile> needed,
        IReadOnlyDictionary<RoleName, TargetsDocument> documents,
        PublishRules rules,
        DateTimeOffset referenceTime)
    {
        var snapshot = UploadReading.Read<Snapshot>(root.Format, RoleName.Snapshot, file, rules.ClientLimits.MaxListedSnapshotBytes);
        var published = current?.Snapshot.Metadata.Signed.Version ?? 0;
        if (current is not null && snapshot.Signed.Version <= published)
        {
            if (snapshot.Signed.Version == published || VersionReset.HoldsSnapshot(current, root))
                throw PublishConflict.Of(RoleName.Snapshot, snapshot.Signed.Version, current);
            published = snapshot.Signed.Version - 1;
        }
        WriteRules.CheckSnapshot(snapshot.Signed, published, referenceTime, rules.Limits);
        _ = root.Require(snapshot, RoleName.Snapshot);
        foreach (var role in needed.Keys.Where(role => !snapshot.Signed.Meta.ContainsKey(role)))
            throw Refuse(snapshot, TrustError.RoleNotListed, $"does not list {role}");
        foreach (var (role, listed) in snapshot.Signed.Meta)
        {
            if (role != RoleName.Root && !documents.ContainsKey(role))
                throw Refuse(snapshot, TrustError.MetadataUnknown, $"lists {role}, of which there is no file");
            if (!IsListed((role == RoleName.Root ? root.Metadata.File : documents[role].File).Span, listed, role))
                throw Refuse(snapshot, TrustError.HashMismatch, $"lists another {role} than the current one");
        }
        return snapshot;
    }

    private static bool IsListed(ReadOnlySpan<byte> file, MetaFile listed, RoleName role)
    {
        try
        {
            FileIntegrity.Check(file, listed.Length, listed.Hashes, role.Value);
            return true;
        }
        catch (TrustException)
        {
            return false;
        }
    }

    private static TrustException Refuse(SignedMetadata<Snapshot> snapshot, TrustError error, string what) =>
        new(error, $"Snapshot {snapshot.Signed.Version} {what}; it must list exactly the files that are current after this publish.")
        {
            Role = RoleName.Snapshot.Value,
            Hint = "Read the current metadata, make the change to that, and sign snapshot again.",
        };
}
