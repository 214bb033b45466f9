using System.Security.Cryptography;
using System.Text.Json;
using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>A public key as a metadata file lists it.</summary>
public sealed record PublicKey
{
    private string? fingerprint;

    /// <summary>The id under which the file lists it.</summary>
    public required KeyId Id { get; init; }

    /// <summary>How it signs.</summary>
    public required SignatureScheme Scheme { get; init; }

    /// <summary>
    /// The key itself in one fixed encoding: DER SubjectPublicKeyInfo with an uncompressed point (ECDSA), DER
    /// SubjectPublicKeyInfo (RSA), or 32 bytes (Ed25519). Empty if the scheme is unknown.
    /// </summary>
    public required ReadOnlyMemory<byte> Material { get; init; }

    /// <summary>The key object exactly as read, to be written back with every member.</summary>
    public required JsonElement Source { get; init; }

    /// <summary>Lower-case hex SHA-256 of <see cref="Material"/>: equal for one physical key under any id or encoding.</summary>
    public string Fingerprint => fingerprint ??= Hex.Encode(SHA256.HashData(Material.Span));

    /// <summary>True if signatures of this key can be checked here.</summary>
    public bool IsUsable => Scheme != SignatureScheme.Unknown;

    /// <summary>Equality by id, scheme and material.</summary>
    public bool Equals(PublicKey? other) =>
        other is not null && Id == other.Id && Scheme == other.Scheme && Material.Span.SequenceEqual(other.Material.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Scheme);
}
