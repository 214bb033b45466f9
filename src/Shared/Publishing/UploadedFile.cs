using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>A metadata file that somebody wants to have published.</summary>
/// <param name="Role">The role that it is for: root, targets or a delegated role.</param>
/// <param name="Data">The bytes as received; they are the ones that are published.</param>
public sealed record UploadedFile(RoleName Role, ReadOnlyMemory<byte> Data);
