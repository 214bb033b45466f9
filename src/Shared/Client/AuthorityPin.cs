using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Pins certificate authorities: roots must be signed with certificates that lead to one of them. Notary's <c>trust_pinning</c> calls it <c>ca</c>.</summary>
public sealed record AuthorityPin : TrustAnchor
{
    /// <summary>How the text of such a pin begins.</summary>
    public const string Prefix = "ca:";

    private readonly string location;
    private readonly ImmutableArray<ReadOnlyMemory<byte>> authorities;

    private AuthorityPin(string location, ImmutableArray<ReadOnlyMemory<byte>> authorities) => (this.location, this.authorities) = (location, authorities);

    /// <inheritdoc/>
    public override string Text => Prefix + location;

    internal override string CacheKey => "ca-" + Hex.Encode(SHA256.HashData([.. authorities.SelectMany(der => SHA256.HashData(der.Span))]));

    /// <summary>Pins the authorities of a file.</summary>
    /// <param name="location">Where it is, for messages.</param>
    /// <param name="pem">Its certificates.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if there is none that may issue certificates.</exception>
    public static AuthorityPin OfPem(string location, string pem)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            ImmutableArray<ReadOnlyMemory<byte>> authorities = [.. certificates.Where(IsAuthority).Select(certificate => new ReadOnlyMemory<byte>(certificate.RawData))];
            return authorities.IsEmpty ? throw NoAuthority(location, null) : new AuthorityPin(location, authorities);
        }
        catch (CryptographicException e)
        {
            throw NoAuthority(location, e);
        }
    }

    internal override bool Knows(IMetadataFormat format) => format.Rules.RootKeysAreCertificates;

    /// <inheritdoc/>
    public bool Equals(AuthorityPin? other) => other is not null && CacheKey == other.CacheKey;

    /// <inheritdoc/>
    public override int GetHashCode() => CacheKey.GetHashCode(StringComparison.Ordinal);

    // Those that lead to the authority have to reach the threshold by themselves, as with Notary's client.
    private protected override void RequireSigners(TrustedRoot root, DateTimeOffset referenceTime)
    {
        var (keys, role) = (root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[RoleName.Root]);
        var vouched = role with { KeyIds = [.. role.KeyIds.Where(id => keys.TryGetValue(id, out var key) && root.Format.Rules.KeyLeadsTo(key, authorities, referenceTime))] };
        if (!SignatureThreshold.Count(root.Metadata, keys, vouched).IsMet)
            throw new TrustException(TrustError.RootMismatch, $"Root {root.Version} is not signed with {role.Threshold} {(role.Threshold == 1 ? "certificate that leads" : "certificates that lead")} to an authority in {location}.")
            {
                Role = RoleName.Root.Value,
                Hint = "Do not trust that server. Ask the repository's owners which authority issues their root certificates.",
            };
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    private static TrustException NoAuthority(string location, Exception? inner) =>
        new(TrustError.Usage, $"{location} holds no certificate of an authority.", inner) { Hint = "A file of authorities is PEM text: -----BEGIN CERTIFICATE-----, with CA:TRUE." };
}
