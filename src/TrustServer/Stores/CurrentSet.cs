using System.Collections.Frozen;
using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>Every current file of a repository, read at one moment.</summary>
/// <remarks>
/// Current is the highest version of each role. A delegated role that snapshot no longer lists is still among them:
/// what a client can reach is for the reader of snapshot to say.
/// </remarks>
internal sealed class CurrentSet
{
    /// <summary>The repository at that moment.</summary>
    public required RepositoryRecord Repository { get; init; }

    /// <summary>Current file of each role.</summary>
    public required FrozenDictionary<RoleName, StoredFile> Files { get; init; }

    /// <summary>A set of files, each of another role.</summary>
    public static CurrentSet Of(RepositoryRecord repository, IEnumerable<StoredFile> files) =>
        new() { Repository = repository, Files = files.ToFrozenDictionary(f => f.Role) };

    /// <summary>Current root.</summary>
    public StoredFile Root => Files[RoleName.Root];

    /// <summary>Current timestamp.</summary>
    public StoredFile Timestamp => Files[RoleName.Timestamp];

    /// <summary>Current snapshot.</summary>
    public StoredFile Snapshot => Files[RoleName.Snapshot];

    /// <summary>Current targets.</summary>
    public StoredFile Targets => Files[RoleName.Targets];
}
