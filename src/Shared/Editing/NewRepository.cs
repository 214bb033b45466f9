using System.Collections.Immutable;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Editing;

/// <summary>The first files of a repository: root 1 and targets 1, signed.</summary>
/// <param name="Root">Root 1.</param>
/// <param name="Targets">Targets 1, without any target.</param>
public sealed record NewRepository(SignedMetadata<Root> Root, SignedMetadata<Targets> Targets)
{
    /// <summary>Makes and signs them; each role has threshold 1.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository's full name; it is signed into both files.</param>
    /// <param name="rootKey">The key of the root role.</param>
    /// <param name="targetsKey">The key of the targets role.</param>
    /// <param name="snapshotKeys">The server's keys for snapshot.</param>
    /// <param name="timestampKeys">The server's keys for timestamp.</param>
    /// <param name="created">The time now, UTC.</param>
    /// <param name="rootExpires">Expiry of root, UTC.</param>
    /// <param name="targetsExpires">Expiry of targets, UTC.</param>
    public static NewRepository Create(
        IMetadataFormat format,
        RepositoryName repository,
        ISigningKey rootKey,
        ISigningKey targetsKey,
        ImmutableArray<PublicKey> snapshotKeys,
        ImmutableArray<PublicKey> timestampKeys,
        DateTimeOffset created,
        DateTimeOffset rootExpires,
        DateTimeOffset targetsExpires)
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
        return new NewRepository(
            MetadataSigner.Sign(format, root, rootKeys, [rootKey]),
            MetadataSigner.Sign(format, TargetsEditor.First(targetsExpires) with { Repository = repository.Value }, targetsKeys, [targetsKey]));
    }
}
