using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PublicKey = TrustService.Metadata.PublicKey;

namespace TrustService.Formats.Notary;

/// <summary>Whether the certificate of a root key was issued, at one or more removes, by a given authority.</summary>
internal static class CertificateChain
{
    /// <summary>True if the certificate of a key leads to one of the authorities by the certificates that the key brings along.</summary>
    /// <param name="key">The key.</param>
    /// <param name="authorities">Certificates in DER.</param>
    /// <param name="referenceTime">When all of them have to be valid, UTC.</param>
    /// <returns>False as well for a key that cannot be used, and for certificates that cannot be read: a root may list such keys.</returns>
    public static bool LeadsTo(PublicKey key, IReadOnlyList<ReadOnlyMemory<byte>> authorities, DateTimeOffset referenceTime)
    {
        if (!key.IsUsable || NotaryKey.CertificatesOf(key) is not { } pem)
            return false;
        try
        {
            return LeafCertificate.Use(pem, certificates => LeadsTo(certificates, authorities, referenceTime));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool LeadsTo(List<X509Certificate2> certificates, IReadOnlyList<ReadOnlyMemory<byte>> authorities, DateTimeOffset referenceTime)
    {
        using var chain = new X509Chain();
        // Nothing of this machine counts, and nothing is fetched. An authority that is issued by another one may be pinned.
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = referenceTime.UtcDateTime;
        foreach (var authority in authorities)
        {
            chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(authority.Span));
            chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(authority.Span));
        }
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Skip(1).ToArray());
        if (!chain.Build(certificates[0]))
            return false;
        var path = chain.ChainElements.Select(element => element.Certificate).ToList();
        var pinned = path.FindIndex(1, certificate => authorities.Any(authority => authority.Span.SequenceEqual(certificate.RawData)));
        return pinned > 0 && path.Take(pinned).All(LeafCertificate.IsSound);
    }
}
