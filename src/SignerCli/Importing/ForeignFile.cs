using TrustService.Metadata;

namespace TrustService.Cli.Importing;

/// <summary>A metadata file of another server, byte for byte.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Version">The version inside it; of a former version, the one that was asked for.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record ForeignFile(RoleName Role, long Version, ReadOnlyMemory<byte> Data);
