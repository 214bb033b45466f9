namespace TrustService.Metadata;

/// <summary>One hash of a file.</summary>
/// <param name="Algorithm">Its name in metadata, such as <c>sha256</c>.</param>
/// <param name="Value">The hash; empty if the file's text cannot be decoded.</param>
public readonly record struct FileHash(string Algorithm, ReadOnlyMemory<byte> Value);
