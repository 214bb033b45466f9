using System.Globalization;
using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>One metadata file as it was published. It never changes.</summary>
internal sealed class StoredFile
{
    private string? etag;
    private string? lastModified;

    /// <summary><see cref="RepositoryRecord.Id"/> of its repository.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>Role that the file belongs to.</summary>
    public required RoleName Role { get; init; }

    /// <summary>Version inside the file.</summary>
    public required long Version { get; init; }

    /// <summary>SHA-256 of <see cref="Data"/>, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When the metadata expires (UTC).</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When it was published (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The bytes exactly as uploaded or signed; never to be changed.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Bytes in <see cref="Data"/>.</summary>
    public int Length => Data.Length;

    /// <summary>Strong entity tag: the quoted <see cref="Sha256"/>. Source: RFC 9110 §8.8.3.</summary>
    public string ETag => etag ??= $"\"{Sha256}\"";

    /// <summary><see cref="CreatedAt"/> as an HTTP date. Source: RFC 9110 §5.6.7.</summary>
    public string LastModified => lastModified ??= CreatedAt.ToString("R", CultureInfo.InvariantCulture);
}
