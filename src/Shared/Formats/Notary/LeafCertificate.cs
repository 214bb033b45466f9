using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using PublicKey = TrustService.Metadata.PublicKey;

namespace TrustService.Formats.Notary;

/// <summary>Certificates as keys: the first of the listed ones holds the key, those after it the way to an authority.</summary>
/// <remarks>Who issued a certificate says nothing here: the root that lists it is pinned, and self-signed is the rule.</remarks>
internal static class LeafCertificate
{
    private const string CommonName = "2.5.4.3";

    // How many certificates one key may bring along.
    private const int MaxCertificates = 10;

    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    // SHA-256, SHA-384 and SHA-512 with RSA or ECDSA, RSA-PSS and Ed25519.
    private static readonly HashSet<string> SoundSignatures =
    [
        "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", "1.3.101.112",
    ];

    /// <summary>The DER SubjectPublicKeyInfo of the first certificate, or null if the text is not certificates alone.</summary>
    public static byte[]? InfoOf(byte[] pem)
    {
        try
        {
            return Use(pem, static certificates => certificates[0].PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What keeps a certificate from speaking for the root of a repository, or null.</summary>
    public static RootKeyProblem? RootProblem(PublicKey key, RepositoryName repository, DateTimeOffset referenceTime)
    {
        if (NotaryKey.CertificatesOf(key) is not { } pem)
            return new RootKeyProblem(TrustError.UnacceptableKey, "it is a bare public key, and an X.509 certificate is needed");
        if (!key.IsUsable)
            return new RootKeyProblem(TrustError.UnacceptableKey, $"its certificate cannot be used: ECDSA P-256, P-384 or P-521, or RSA of {KeyMaterial.MinRsaBits} bits or more is needed");
        try
        {
            return Use(pem, certificates => Problem(certificates, repository, referenceTime));
        }
        catch (CryptographicException)
        {
            return new RootKeyProblem(TrustError.UnacceptableKey, "its certificate cannot be read");
        }
    }

    private static RootKeyProblem? Problem(List<X509Certificate2> certificates, RepositoryName repository, DateTimeOffset referenceTime)
    {
        var leaf = certificates[0];
        if (IsAuthority(leaf) || certificates.Skip(1).Any(other => !IsAuthority(other)))
            return new RootKeyProblem(TrustError.UnacceptableKey, "its certificates are not one that is no authority's, first, and those of authorities after it");
        if (!IsSound(leaf))
            return new RootKeyProblem(TrustError.UnacceptableKey, "its certificate is signed with a weak or unknown method; SHA-256 or better is needed");
        if (CommonNameOf(leaf) is not { } name)
            return new RootKeyProblem(TrustError.WrongRepository, "its certificate does not name one repository (CN)");
        if (!Names(name, repository))
            return new RootKeyProblem(TrustError.WrongRepository, $"its certificate is for {name}");
        var (notBefore, notAfter) = (new DateTimeOffset(leaf.NotBefore), new DateTimeOffset(leaf.NotAfter));
        if (notBefore - referenceTime > ClockSlack)
            return new RootKeyProblem(TrustError.UnacceptableKey, $"its certificate is not valid before {Show(notBefore)}");
        return referenceTime >= notAfter ? new RootKeyProblem(TrustError.Expired, $"its certificate expired at {Show(notAfter)}") : null;
    }

    /// <summary>True if a certificate is signed with a method that is not broken.</summary>
    public static bool IsSound(X509Certificate2 certificate) => SoundSignatures.Contains(certificate.SignatureAlgorithm.Value ?? "");

    // The name itself, or the beginning of it with an asterisk.
    private static bool Names(string commonName, RepositoryName repository) =>
        commonName == repository.Value
        || (commonName.EndsWith('*') && repository.Value.StartsWith(commonName[..^1], StringComparison.Ordinal));

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    private static string? CommonNameOf(X509Certificate2 certificate)
    {
        string? found = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            // Two names, or a name that is one of several in a set, are read differently by different programs.
            if (part.HasMultipleElements)
                return null;
            if (part.GetSingleElementType().Value != CommonName)
                continue;
            if (found is not null)
                return null;
            found = part.GetSingleElementValue();
        }
        return found;
    }

    /// <summary>Reads certificates for as long as <paramref name="use"/> takes; the first is the leaf.</summary>
    /// <exception cref="CryptographicException">The text is not certificates alone.</exception>
    public static T Use<T>(byte[] pem, Func<List<X509Certificate2>, T> use)
    {
        var certificates = new List<X509Certificate2>();
        try
        {
            var text = Encoding.Latin1.GetString(pem).AsSpan();
            while (!text.IsWhiteSpace())
            {
                if (certificates.Count == MaxCertificates || !PemEncoding.TryFind(text, out var block) || text[block.Label] is not "CERTIFICATE" || !text[..block.Location.Start.Value].IsWhiteSpace())
                    throw new CryptographicException("Not certificates alone.");
                certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text[block.Base64Data].ToString())));
                text = text[block.Location.End.Value..];
            }
            return certificates.Count > 0 ? use(certificates) : throw new CryptographicException("No certificate.");
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    private static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
