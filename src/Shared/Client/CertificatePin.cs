using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>Pins the certificates that may sign roots, by their ids in the root role: what Notary's <c>trust_pinning</c> calls <c>certs</c>.</summary>
public sealed partial record CertificatePin : TrustAnchor
{
    /// <summary>How the text of such a pin begins.</summary>
    public const string Prefix = "cert:";

    private CertificatePin(ImmutableArray<string> ids) => Ids = ids;

    /// <summary>The ids, 64 hex digits each, sorted.</summary>
    public ImmutableArray<string> Ids { get; }

    /// <inheritdoc/>
    public override string Text => Prefix + string.Join(',', Ids);

    internal override string CacheKey => "cert-" + Hex.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Text)));

    /// <summary>Reads <c>cert:ID[,ID…]</c>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static CertificatePin Parse(string text) =>
        Pattern().IsMatch(text)
            ? Of(text[Prefix.Length..].Split(','))
            : throw new TrustException(TrustError.Usage, $"\"{(text.Length > 100 ? text[..100] + "…" : text)}\" is no pin of certificates.") { Hint = "A pin is like cert:405a8354… with the 64 hex digits of the root certificate's id in root.json; several are joined by commas." };

    /// <summary>Pins certificates by their ids.</summary>
    public static CertificatePin Of(IEnumerable<string> ids) => new([.. ids.Order(StringComparer.Ordinal).Distinct()]);

    // Elsewhere an id is any text (TAP 12): whoever makes up a root can list a key of theirs under a pinned one.
    internal override bool Knows(IMetadataFormat format) => format.Rules.RootKeysAreCertificates;

    /// <inheritdoc/>
    public bool Equals(CertificatePin? other) => other is not null && Ids.SequenceEqual(other.Ids);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    // The pinned ones have to reach the threshold by themselves, as with Notary's client.
    private protected override void RequireSigners(TrustedRoot root, DateTimeOffset referenceTime)
    {
        var role = root.Metadata.Signed.Roles[RoleName.Root];
        var pinned = role with { KeyIds = [.. role.KeyIds.Where(id => Ids.Contains(id.Value))] };
        if (!SignatureThreshold.Count(root.Metadata, root.Metadata.Signed.Keys, pinned).IsMet)
            throw new TrustException(TrustError.RootMismatch, $"Root {root.Version} is signed with {string.Join(", ", root.Signers.Signed.Select(id => id.Value))}; {role.Threshold} of the pinned certificates {string.Join(", ", Ids)} {(role.Threshold == 1 ? "is" : "are")} needed.")
            {
                Role = RoleName.Root.Value,
                Hint = "Do not trust that server. Ask the repository's owners for the id of their root certificate.",
            };
    }

    [GeneratedRegex(@"\Acert:[0-9a-f]{64}(,[0-9a-f]{64}){0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
