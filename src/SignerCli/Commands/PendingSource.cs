using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>Changes of one repository that wait for signatures, from wherever they are kept. Nothing of them is trusted.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Path">The file that they are in, or null if the server keeps them.</param>
/// <param name="Items">The next version of each role.</param>
internal sealed record PendingSource(RepositoryName Repository, string? Path, ImmutableArray<PendingSource.Item> Items)
{
    /// <summary>The next version of one role.</summary>
    /// <param name="Role">The role.</param>
    /// <param name="File">The file, with the signatures that it has.</param>
    /// <param name="Parked">What the server says of it, or null.</param>
    internal sealed record Item(RoleName Role, ReadOnlyMemory<byte> File, ParkedChange? Parked);
}
