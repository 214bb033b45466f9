using System.Collections.Immutable;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Editing;

/// <summary>The first files of a repository: root 1 and targets 1, and version 1 of the hash bins, signed.</summary>
/// <param name="Root">Root 1.</param>
/// <param name="Targets">Targets 1, without any target.</param>
public sealed record NewRepository(SignedMetadata<Root> Root, SignedMetadata<Targets> Targets)
{
    /// <summary>The first file of every hash bin, or null if there are none. A file does not name its role, so one serves all of them.</summary>
    public SignedMetadata<Targets>? Bin { get; init; }

    /// <summary>The files to publish, each with its role.</summary>
    /// <param name="root">Root 1.</param>
    /// <param name="targets">Targets 1.</param>
    /// <param name="bin">The file of every hash bin, or null.</param>
    /// <param name="bins">The hash bins to which targets delegates, or null.</param>
    public static IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> FilesOf(ReadOnlyMemory<byte> root, ReadOnlyMemory<byte> targets, ReadOnlyMemory<byte>? bin, SuccinctRoles? bins)
    {
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Root] = root, [RoleName.Targets] = targets };
        if (bin is { } file && bins is not null)
        {
            foreach (var name in HashBins.NamesOf(bins))
                files.Add(name, file);
        }
        return files;
    }

    /// <summary>Makes and signs them; each role has threshold 1.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository's full name; it is signed into both files.</param>
    /// <param name="rootKey">The key of the root role.</param>
    /// <param name="targetsKey">The key of the targets role.</param>
    /// <param name="snapshotKeys">The server's keys for snapshot.</param>
    /// <param name="timestampKeys">The server's keys for timestamp.</param>
    /// <param name="created">The time now, UTC.</param>
    /// <param name="rootExpires">Expiry of root, UTC.</param>
    /// <param name="targetsExpires">Expiry of targets and its bins, UTC.</param>
    /// <param name="bins">How many hash bins targets is spread over; 0 for none.</param>
    public static NewRepository Create(
        IMetadataFormat format,
        RepositoryName repository,
        ISigningKey rootKey,
        ISigningKey targetsKey,
        ImmutableArray<PublicKey> snapshotKeys,
        ImmutableArray<PublicKey> timestampKeys,
        DateTimeOffset created,
        DateTimeOffset rootExpires,
        DateTimeOffset targetsExpires,
        int bins = 0)
    {
        var rootKeys = ImmutableArray.Create(format.DescribeRootKey(rootKey, repository, created, rootExpires));
        var targetsKeys = ImmutableArray.Create(format.DescribeKey(targetsKey.Scheme, targetsKey.Material));
        var root = RootEditor.First(
            new Dictionary<RoleName, RoleAssignment>
            {
                [RoleName.Root] = new(rootKeys),
                [RoleName.Targets] = new(targetsKeys),
                [RoleName.Snapshot] = new(snapshotKeys),
                [RoleName.Timestamp] = new(timestampKeys),
            },
            rootExpires) with { ConsistentSnapshot = format.Rules.ParentsNameVersions, Repository = repository.Value };
        var empty = TargetsEditor.First(targetsExpires) with { Repository = repository.Value };
        var targets = bins == 0 ? empty : empty with { Delegations = HashBins.Delegate(HashBins.RequireCount(format, bins), targetsKeys, threshold: 1) };
        return new NewRepository(MetadataSigner.Sign(format, root, rootKeys, [rootKey]), MetadataSigner.Sign(format, targets, targetsKeys, [targetsKey]))
        {
            Bin = bins == 0 ? null : MetadataSigner.Sign(format, empty, targetsKeys, [targetsKey]),
        };
    }
}
