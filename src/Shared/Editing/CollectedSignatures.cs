using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Editing;

/// <summary>Signatures of one file that are made one after the other, on several machines.</summary>
public static class CollectedSignatures
{
    /// <summary>What tells one change from another, whoever has signed it so far: lower-case hex SHA-256 of what signatures cover.</summary>
    public static string IdOf<TRole>(SignedMetadata<TRole> file)
        where TRole : class, IRole => Hex.Encode(SHA256.HashData(file.Payload.Span));

    /// <summary>The keys of the lists whose signatures a file has; one physical key may be there under several ids.</summary>
    public static ImmutableHashSet<KeyId> SignersOf<TRole>(SignedMetadata<TRole> file, IReadOnlyCollection<SignerList> lists)
        where TRole : class, IRole => [.. lists.SelectMany(list => SignatureThreshold.Count(file, list.Keys, list.Role).Signed)];

    /// <summary>The signatures of two copies of a file in one; those that do not hold, or that nobody asks for, are left out.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="file">One copy; its bytes are kept.</param>
    /// <param name="other">Another copy of the same content.</param>
    /// <param name="lists">Whose signatures count.</param>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if the copies differ in what is signed.</exception>
    public static SignedMetadata<TRole> Merge<TRole>(IMetadataFormat format, SignedMetadata<TRole> file, SignedMetadata<TRole> other, IReadOnlyCollection<SignerList> lists)
        where TRole : class, IRole
    {
        if (!file.Payload.Span.SequenceEqual(other.Payload.Span))
            throw new TrustException(TrustError.PublishConflict, $"The two files are different changes: {IdOf(file)[..12]}… and {IdOf(other)[..12]}….") { Hint = "Signatures of one change say nothing about another." };
        var (ours, theirs) = (SignersOf(file, lists), SignersOf(other, lists));
        return WithSignatures(format, file,
            file.Signatures.Where(signature => ours.Contains(signature.KeyId)).Concat(other.Signatures.Where(signature => theirs.Contains(signature.KeyId) && !ours.Contains(signature.KeyId))));
    }

    /// <summary>Adds the signatures of private keys, under each id that they have in the lists; a key that signed already signs no more.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="file">The file; its bytes are kept.</param>
    /// <param name="lists">Who may sign.</param>
    /// <param name="signers">The private keys.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if a key is on none of the lists.</exception>
    public static SignedMetadata<TRole> Sign<TRole>(IMetadataFormat format, SignedMetadata<TRole> file, IReadOnlyCollection<SignerList> lists, IEnumerable<ISigningKey> signers)
        where TRole : class, IRole
    {
        var members = lists.SelectMany(list => list.Members).DistinctBy(key => key.Id).ToList();
        var known = members.Where(key => file.Signatures.Any(signature => signature.KeyId == key.Id && SignatureVerifier.Verify(key, file.Payload.Span, signature))).Select(key => key.Id).ToHashSet();
        var added = new List<Signature>();
        foreach (var signer in signers)
        {
            var own = members.Where(key => key.Scheme == signer.Scheme && key.Material.Span.SequenceEqual(signer.Material.Span)).ToList();
            if (own.Count == 0)
                throw new TrustException(TrustError.KeyNotFound, "A signing key is none of the keys that the role lists.");
            added.AddRange(own.Where(key => known.Add(key.Id)).Select(key => new Signature(key.Id, signer.Sign(file.Payload.Span), Signature.MethodOf(signer.Scheme))));
        }
        var replaced = added.Select(signature => signature.KeyId).ToHashSet();
        return added.Count == 0 ? file : WithSignatures(format, file, file.Signatures.Where(signature => !replaced.Contains(signature.KeyId)).Concat(added));
    }

    // The signed part stays byte for byte: it is what parents list and what was shown to the others.
    private static SignedMetadata<TRole> WithSignatures<TRole>(IMetadataFormat format, SignedMetadata<TRole> file, IEnumerable<Signature> signatures)
        where TRole : class, IRole
    {
        var signed = StrictJson.Parse(file.File.Span, JsonLimits.OfBytes(int.MaxValue)).GetProperty("signed").GetRawText();
        return format.Read<TRole>(format.WriteFile(Encoding.UTF8.GetBytes(signed), signatures), int.MaxValue);
    }
}
