using System.Collections.Immutable;
using System.Security.Cryptography;

namespace TrustService.Metadata;

/// <summary>A metadata file as read: its content, its signatures, the bytes they cover and the bytes of the file, always together.</summary>
/// <typeparam name="TRole">The shape of the signed part.</typeparam>
public sealed class SignedMetadata<TRole>
    where TRole : class, IRole
{
    private byte[]? sha256;

    internal SignedMetadata(TRole signed, ImmutableArray<Signature> signatures, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> file)
    {
        Signed = signed;
        Signatures = signatures;
        Payload = payload;
        File = file;
    }

    /// <summary>The content.</summary>
    public TRole Signed { get; }

    /// <summary>The signatures; no keyid occurs twice.</summary>
    public ImmutableArray<Signature> Signatures { get; }

    /// <summary>The canonical form of the parsed <c>signed</c> value, unknown members included: what signatures cover.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The bytes of the file as they were received.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>The SHA-256 of <see cref="File"/>, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Sha256 => sha256 ??= SHA256.HashData(File.Span);

    /// <summary>What a parent says of this file: version, length and SHA-256.</summary>
    public MetaFile Describe() => new() { Version = Signed.Version, Length = File.Length, Hashes = FileHashes.FromSha256(Sha256) };
}
