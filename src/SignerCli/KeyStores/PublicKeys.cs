using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>Public keys that people name for a role: a PEM file with a public key, or a key of this user, whose public half is known.</summary>
/// <param name="finder">Finds keys of this user.</param>
internal sealed class PublicKeys(KeyFinder finder)
{
    /// <summary>Reads the public key that each reference means.</summary>
    /// <exception cref="TrustException">As <see cref="Read"/>; <see cref="TrustError.UnacceptableKey"/> if two are one key.</exception>
    public IReadOnlyList<PublicKey> ReadAll(IEnumerable<string> references)
    {
        var keys = references.Select(Read).ToList();
        RequireDistinct(keys);
        return keys;
    }

    /// <summary>Reads one public key; its id is that of TUF metadata.</summary>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.Usage"/> for a file with a private key, <see cref="TrustError.InvalidKeyFile"/>,
    /// <see cref="TrustError.LocalFile"/> or <see cref="TrustError.KeyNotFound"/>.
    /// </exception>
    public PublicKey Read(string reference)
    {
        var path = reference.StartsWith(KeyUris.File, StringComparison.Ordinal) ? reference[KeyUris.File.Length..] : reference;
        if (File.Exists(path))
            return ReadFile(path);
        var entry = finder.Find(reference);
        return entry.Public ?? throw new TrustException(TrustError.KeyNotFound, $"The public half of {entry.Name} is not known without opening it.") { Hint = $"Write it to a file: signer key export {reference} > key.pub" };
    }

    /// <summary>Refuses a key that is listed twice, under whatever ids: it would count once, and a threshold would be lower than it looks.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static void RequireDistinct(IEnumerable<PublicKey> keys)
    {
        foreach (var same in keys.GroupBy(key => key.Fingerprint).Where(group => group.Count() > 1))
            throw new TrustException(TrustError.Usage, $"One key is given {same.Count()} times: {string.Join(", ", same.Select(key => key.Id.Short))}. It would count once.") { Hint = "Every holder needs a key of his own: signer key generate" };
    }

    // Notary and docker take certificates for signers. Only the key counts, there as here.
    private static string FromCertificate(string text, string path)
    {
        try
        {
            using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(text);
            return PemEncoding.WriteString("PUBLIC KEY", certificate.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException e)
        {
            throw new TrustException(TrustError.InvalidKeyFile, $"The certificate in {path} cannot be read.", e);
        }
    }

    private static PublicKey ReadFile(string path)
    {
        var bytes = PrivateFiles.Read(path, PrivateKeyFile.MaxBytes);
        try
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
                throw new TrustException(TrustError.Usage, $"{path} holds a private key, and the public one is needed. Nothing was read from it and nothing was sent.") { Hint = "Its owner exports the public half: signer key export KEY > key.pub. If others have seen this file, its key has to be replaced." };
            if (text.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
                text = FromCertificate(text, path);
            return KeyMaterial.TryFromPem(text, out var material, out var scheme)
                ? FileKeyStore.Describe(scheme, material)
                : throw new TrustException(TrustError.InvalidKeyFile, $"{path} holds no public key of ECDSA P-256 or P-384, RSA or Ed25519 in PEM form, or more than that.") { Hint = "It starts with -----BEGIN PUBLIC KEY-----, as signer key export writes it." };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
