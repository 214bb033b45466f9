using System.Text.Json;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>What a targets role says of one target. Source: TUF 1.0.34 §4.5.</summary>
public sealed record TargetFile
{
    /// <summary>Length in bytes; for an image that of its manifest.</summary>
    public required long Length { get; init; }

    /// <summary>Hashes, at least one; for an image <c>sha256</c> is its digest.</summary>
    public required FileHashes Hashes { get; init; }

    /// <summary>Data for the application, never interpreted by TUF.</summary>
    public JsonElement? Custom { get; init; }

    /// <summary>Unknown members.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
