using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>A file that is ready to be published.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Version">The version inside it.</param>
/// <param name="Expires">When it expires, UTC.</param>
/// <param name="Data">Its bytes.</param>
public sealed record CandidateFile(RoleName Role, long Version, DateTimeOffset Expires, ReadOnlyMemory<byte> Data)
{
    internal static CandidateFile Of<TRole>(RoleName role, SignedMetadata<TRole> metadata)
        where TRole : class, IRole => new(role, metadata.Signed.Version, metadata.Signed.Expires, metadata.File);
}
