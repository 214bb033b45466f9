using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Writes and signs metadata files.</summary>
public static class MetadataSigner
{
    /// <summary>Writes a role and signs it with every given key that <paramref name="keys"/> lists.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="role">The new content.</param>
    /// <param name="keys">The keys that may sign, by the id under which the delegating file lists them.</param>
    /// <param name="signers">The private keys.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if a signer is none of the listed keys.</exception>
    public static SignedMetadata<TRole> Sign<TRole>(IMetadataFormat format, TRole role, IEnumerable<PublicKey> keys, IEnumerable<ISigningKey> signers)
        where TRole : class, IRole
    {
        var signed = format.WriteSigned(role);
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue)));
        var listed = keys.ToList();
        var signatures = signers.Select(signer => new Signature(IdOf(signer, listed), signer.Sign(payload), Signature.MethodOf(signer.Scheme))).DistinctBy(signature => signature.KeyId).ToList();
        // Read back through the one reader: what cannot be read must not be written.
        return format.Read<TRole>(format.WriteFile(signed, signatures), int.MaxValue);
    }

    /// <summary>
    /// Writes a role and signs it with every given key, under each of the ids that it has among <paramref name="keys"/>: a root
    /// that gives a key another id has to be signed under both.
    /// </summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="role">The new content.</param>
    /// <param name="keys">The keys that may sign, by the ids under which the delegating files list them.</param>
    /// <param name="signers">The private keys.</param>
    public static SignedMetadata<TRole> SignUnderEveryId<TRole>(IMetadataFormat format, TRole role, IEnumerable<PublicKey> keys, IEnumerable<ISigningKey> signers)
        where TRole : class, IRole
    {
        var signed = format.WriteSigned(role);
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue)));
        var listed = keys.DistinctBy(key => key.Id).ToList();
        var signatures = signers.SelectMany(signer => listed.Where(key => IsSame(signer, key)).Select(key => new Signature(key.Id, signer.Sign(payload), Signature.MethodOf(signer.Scheme))));
        return format.Read<TRole>(format.WriteFile(signed, [.. signatures]), int.MaxValue);
    }

    /// <summary>Writes a role without any signature, to be signed later.</summary>
    public static SignedMetadata<TRole> Unsigned<TRole>(IMetadataFormat format, TRole role)
        where TRole : class, IRole => format.Read<TRole>(format.WriteFile(format.WriteSigned(role), []), int.MaxValue);

    private static KeyId IdOf(ISigningKey signer, List<PublicKey> listed)
    {
        foreach (var key in listed)
        {
            if (IsSame(signer, key))
                return key.Id;
        }
        throw new TrustException(TrustError.KeyNotFound, "A signing key is none of the keys that the role lists.");
    }

    private static bool IsSame(ISigningKey signer, PublicKey key) => key.Scheme == signer.Scheme && key.Material.Span.SequenceEqual(signer.Material.Span);
}
