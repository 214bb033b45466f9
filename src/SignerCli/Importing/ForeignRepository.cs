using System.Collections.Immutable;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Importing;

/// <summary>Everything that another server has, or had, of a repository. Nothing in it is trusted.</summary>
/// <param name="Name">The repository.</param>
/// <param name="Files">Every file; of a role with several versions, all that could be had.</param>
internal sealed record ForeignRepository(RepositoryName Name, ImmutableArray<ForeignFile> Files)
{
    /// <summary>The format of repositories that are moved.</summary>
    public static IMetadataFormat Format => NotaryFormat.Instance;

    /// <summary>What was missing when the files were fetched: names of files, with the reason.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Every root, oldest first.</summary>
    public IEnumerable<ForeignFile> Roots => Files.Where(file => file.Role == RoleName.Root).OrderBy(file => file.Version);

    /// <summary>The newest file of a role, or null.</summary>
    public ForeignFile? Newest(RoleName role) => Files.Where(file => file.Role == role).MaxBy(file => file.Version);

    /// <summary>
    /// The files that are current together: the newest root and timestamp, the snapshot that timestamp names, and what that
    /// lists, found by their hashes.
    /// </summary>
    /// <exception cref="TrustException"><see cref="TrustError.RepositoryUnknown"/> if one of the four top-level files is missing.</exception>
    public ImmutableArray<ForeignFile> Current()
    {
        var timestamp = Newest(RoleName.Timestamp) ?? throw Lacks(RoleName.Timestamp);
        var snapshot = Listed(RoleName.Snapshot, Format.Read<Timestamp>(timestamp.Data, VerificationLimits.Default.MaxTimestampBytes).Signed.SnapshotMeta) ?? throw Lacks(RoleName.Snapshot);
        var current = ImmutableArray.CreateBuilder<ForeignFile>();
        current.AddRange(timestamp, snapshot);
        foreach (var (role, listed) in Format.Read<Snapshot>(snapshot.Data, VerificationLimits.Default.MaxListedSnapshotBytes).Signed.Meta.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
        {
            if (role != RoleName.Root && Listed(role, listed) is { } file)
                current.Add(file);
        }
        return current.ToImmutable();
    }

    private ForeignFile? Listed(RoleName role, MetaFile listed) =>
        Files.FirstOrDefault(file => file.Role == role && listed.Hashes?.Sha256 is { } sha256 && SHA256.HashData(file.Data.Span).AsSpan().SequenceEqual(sha256.Span));

    private TrustException Lacks(RoleName role) => new(TrustError.RepositoryUnknown, $"There is no current {role} of {Name}.") { Role = role.Value };
}
