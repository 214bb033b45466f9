using System.Text.Json;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Formats;

/// <summary>Reads bytes into the one model and writes them back. Nothing outside this folder asks which format it has.</summary>
public interface IMetadataFormat
{
    /// <summary>The format's name in storage and output, such as <c>tuf</c>.</summary>
    string Name { get; }

    /// <summary>Where the rules of the formats differ, as data for the one chain.</summary>
    FormatRules Rules { get; }

    /// <summary>Parses a metadata file. Nothing is trusted by this.</summary>
    /// <param name="file">The bytes as received; they are kept, not copied.</param>
    /// <param name="maxBytes">Bytes that the file may have.</param>
    /// <exception cref="TrustException">A coded refusal; the file is not of this shape.</exception>
    SignedMetadata<TRole> Read<TRole>(ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole;

    /// <summary>Writes the signed part of a role as JSON, unknown members included.</summary>
    byte[] WriteSigned<TRole>(TRole role)
        where TRole : class, IRole;

    /// <summary>Writes a whole file.</summary>
    /// <param name="signed">The JSON of the signed part.</param>
    /// <param name="signatures">Signatures over its canonical form.</param>
    byte[] WriteFile(ReadOnlySpan<byte> signed, IEnumerable<Signature> signatures);

    /// <summary>Describes a public key as this format lists it, with the id that this format gives it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/> if the format has no way to write it.</exception>
    PublicKey DescribeKey(SignatureScheme scheme, ReadOnlyMemory<byte> material);

    /// <summary>Describes a key of the root role, with whatever the format asks for beyond the public key.</summary>
    /// <param name="key">The private key.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="created">The time now, UTC.</param>
    /// <param name="expires">Until when it has to serve at least, UTC.</param>
    /// <exception cref="TrustException"><see cref="TrustError.UnacceptableKey"/> if it cannot be a root key.</exception>
    PublicKey DescribeRootKey(ISigningKey key, RepositoryName repository, DateTimeOffset created, DateTimeOffset expires);

    /// <summary>Reads a key object.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedMetadata"/> or <see cref="TrustError.PrivateKeyInMetadata"/>.</exception>
    PublicKey ReadKey(KeyId id, JsonElement key);

    /// <summary>The id that a key must have when it is written.</summary>
    KeyId ComputeKeyId(JsonElement key);
}
