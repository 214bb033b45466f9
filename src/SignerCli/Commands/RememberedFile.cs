namespace TrustService.Cli.Commands;

/// <summary>A file that an earlier run kept, and whose signatures count under the present keys.</summary>
/// <param name="Version">Its version.</param>
/// <param name="File">Its bytes.</param>
internal sealed record RememberedFile(long Version, ReadOnlyMemory<byte> File);
