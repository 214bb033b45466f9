using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>The second link: a trusted timestamp. Only it can accept a snapshot.</summary>
public sealed class TrustedTimestamp
{
    internal TrustedTimestamp(TrustedRoot root, SignedMetadata<Timestamp> metadata, ThresholdResult signers)
    {
        Root = root;
        Metadata = metadata;
        Signers = signers;
    }

    /// <summary>The root under which it is trusted.</summary>
    public TrustedRoot Root { get; }

    /// <summary>The timestamp.</summary>
    public SignedMetadata<Timestamp> Metadata { get; }

    /// <summary>Who signed it.</summary>
    public ThresholdResult Signers { get; }

    /// <summary>The version of the snapshot that it names, or null in a format that names none.</summary>
    public long? SnapshotVersion => Metadata.Signed.SnapshotMeta.Version;

    /// <summary>Bytes that the snapshot file may have.</summary>
    public int MaxSnapshotBytes => Freshness.ListedLimit(Metadata.Signed.SnapshotMeta, Root.Limits.MaxSnapshotBytes, Root.Limits.MaxListedSnapshotBytes);

    /// <summary>Accepts the snapshot that this timestamp names.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.5.2–5.5.6.</remarks>
    /// <param name="file">The file.</param>
    /// <param name="previous">The snapshot that was trusted before, recalled under the same root, or null.</param>
    /// <param name="referenceTime">The one time of this update, UTC.</param>
    /// <exception cref="TrustException">A coded refusal; the previous snapshot stays the trusted one.</exception>
    public TrustedSnapshot AcceptSnapshot(ReadOnlyMemory<byte> file, TrustedSnapshot? previous, DateTimeOffset referenceTime) => Accept(file, null, previous, referenceTime);

    /// <summary>Accepts a snapshot whose file was read already; every check is the same.</summary>
    internal TrustedSnapshot AcceptSnapshot(SignedMetadata<Snapshot> read, TrustedSnapshot? previous, DateTimeOffset referenceTime) => Accept(read.File, read, previous, referenceTime);

    /// <summary>
    /// Recalls a stored snapshot for the rollback check: its signatures must hold under the root; expiry, and whether this
    /// timestamp names it, do not matter.
    /// </summary>
    /// <returns>Null if it does not hold.</returns>
    public TrustedSnapshot? RecallSnapshot(ReadOnlyMemory<byte> file)
    {
        try
        {
            return Trust(Read(file));
        }
        catch (TrustException)
        {
            return null;
        }
    }

    /// <summary>True if this timestamp names that very snapshot.</summary>
    internal bool Lists(TrustedSnapshot snapshot)
    {
        var (listed, metadata) = (Metadata.Signed.SnapshotMeta, snapshot.Metadata);
        return (listed.Version ?? metadata.Signed.Version) == metadata.Signed.Version
            && (listed.Length ?? metadata.File.Length) == metadata.File.Length
            && (listed.Hashes?.Sha256 is not { } sha256 || sha256.Span.SequenceEqual(metadata.Sha256.Span));
    }

    private TrustedSnapshot Accept(ReadOnlyMemory<byte> file, SignedMetadata<Snapshot>? read, TrustedSnapshot? previous, DateTimeOffset referenceTime)
    {
        var listed = Metadata.Signed.SnapshotMeta;
        FileIntegrity.Check(file.Span, listed.Length, listed.Hashes, RoleName.Snapshot.Value);
        var accepted = Trust(read ?? Read(file));
        Freshness.RequireListedVersion(accepted.Metadata.Signed.Version, listed, RoleName.Snapshot, "timestamp");
        accepted.RequireListedRoot();
        if (previous is not null)
            accepted.RequireNoRollback(previous);
        Freshness.Require(accepted.Metadata.Signed, RoleName.Snapshot, referenceTime);
        return accepted;
    }

    private SignedMetadata<Snapshot> Read(ReadOnlyMemory<byte> file) => Root.Format.Read<Snapshot>(file, Root.Limits.MaxListedSnapshotBytes);

    private TrustedSnapshot Trust(SignedMetadata<Snapshot> metadata) => new(this, metadata, Root.Require(metadata, RoleName.Snapshot));
}
