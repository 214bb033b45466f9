using System.Security.Cryptography;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>A metadata file that is about to be published.</summary>
/// <param name="role">Role that the file belongs to.</param>
/// <param name="version">Version inside the file.</param>
/// <param name="expires">When the metadata expires (UTC).</param>
/// <param name="data">The bytes that are stored and served.</param>
internal sealed class NewFile(RoleName role, long version, DateTimeOffset expires, ReadOnlyMemory<byte> data)
{
    private string? sha256;

    /// <summary>Role that the file belongs to.</summary>
    public RoleName Role => role;

    /// <summary>Version inside the file.</summary>
    public long Version => version;

    /// <summary>When the metadata expires (UTC).</summary>
    public DateTimeOffset Expires => expires;

    /// <summary>The bytes that are stored and served.</summary>
    public ReadOnlyMemory<byte> Data => data;

    /// <summary>SHA-256 of <see cref="Data"/>, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => sha256 ??= Hex.Encode(SHA256.HashData(Data.Span));
}
