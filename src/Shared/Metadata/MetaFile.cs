using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>What a parent (timestamp, snapshot) says of a metadata file. Source: TUF 1.0.34 §4.4.</summary>
public sealed record MetaFile
{
    /// <summary>The file's version, or null in a format whose parents name none.</summary>
    public long? Version { get; init; }

    /// <summary>The file's length in bytes, or null if it is not listed.</summary>
    public long? Length { get; init; }

    /// <summary>The file's hashes, or null if none is listed.</summary>
    public FileHashes? Hashes { get; init; }

    /// <summary>Unknown members.</summary>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
