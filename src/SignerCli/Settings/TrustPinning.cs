using System.Collections.Immutable;
using TrustService.Cli.Home;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;

namespace TrustService.Cli.Settings;

/// <summary>The member <c>trust_pinning</c> of a configuration of the <c>notary</c> client.</summary>
internal sealed class TrustPinning
{
    private const int MaxBytes = 1024 * 1024;
    private const char Wildcard = '*';

    private readonly Dictionary<string, ImmutableArray<string>> certificates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> authorities = new(StringComparer.Ordinal);

    private TrustPinning(JsonObjectReader pinning, string directory)
    {
        if (pinning.OptionalObject("certs") is { } certs)
        {
            foreach (var member in certs.Members)
                certificates.Add(member.Name, certs.Texts(member.Name));
        }
        if (pinning.OptionalObject("ca") is { } ca)
        {
            foreach (var member in ca.Members)
                authorities.Add(member.Name, Path.GetFullPath(ca.Text(member.Name), directory));
        }
        DisablesTofu = pinning.OptionalBoolean("disable_tofu") ?? false;
    }

    /// <summary>True if nothing may be trusted on first use.</summary>
    public bool DisablesTofu { get; }

    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.Usage"/>.</exception>
    public static TrustPinning Load(string path)
    {
        var bytes = PrivateFiles.Read(path, MaxBytes);
        try
        {
            var file = new JsonObjectReader(StrictJson.Parse(bytes, JsonLimits.OfBytes(MaxBytes)), "the file");
            return new TrustPinning(file.Object("trust_pinning"), Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (TrustException e)
        {
            throw new TrustException(TrustError.Usage, $"The trust pinning in {path} cannot be used: {e.Message}", e) { Hint = "It is the configuration of the notary client: {\"trust_pinning\":{\"certs\":{\"REPOSITORY\":[\"ID\"]}}}" };
        }
    }

    /// <summary>
    /// The pin for a repository, or null: certificates of the repository itself, then those of the longest beginning with an
    /// asterisk, then the authority of the longest beginning. One counts, the others do not, as with the notary client.
    /// </summary>
    /// <exception cref="TrustException">A coded refusal of the pin.</exception>
    public TrustAnchor? Find(RepositoryName repository)
    {
        var name = repository.Value;
        if (certificates.TryGetValue(name, out var exact))
            return CertificatePin.Of(exact);
        if (Longest(certificates.Keys.Where(key => key.EndsWith(Wildcard) && name.StartsWith(key[..^1], StringComparison.Ordinal))) is { } pattern)
            return CertificatePin.Of(certificates[pattern]);
        return Longest(authorities.Keys.Where(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) is { } authority
            ? PinnedRoots.OfAuthority(authorities[authority])
            : null;
    }

    private static string? Longest(IEnumerable<string> keys) => keys.MaxBy(key => key.Length);
}
