using System.Text;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Registry;

/// <summary>The credentials part of Docker's <c>config.json</c> and of <c>auth.json</c> of other container tools.</summary>
/// <remarks>
/// The file belongs to other programs, so members that are not about credentials are not looked at. Keys are registry hosts,
/// addresses of registries, or repositories and parts of them; the longest that fits wins.
/// </remarks>
public sealed class DockerConfig
{
    /// <summary>The name under which Docker keeps the credentials of Docker Hub.</summary>
    public const string DockerHubServer = "https://index.docker.io/v1/";

    private readonly Dictionary<string, RegistryCredential> _auths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _helpers = new(StringComparer.Ordinal);
    private readonly string? _store;

    private DockerConfig(JsonElement json)
    {
        foreach (var (name, value) in Members(json, "auths"))
        {
            // A key that is a plain name wins over an address that means the same.
            if (value.ValueKind == JsonValueKind.Object && ReadAuth(value) is { } credential && (Normalise(name) == name || !_auths.ContainsKey(Normalise(name))))
                _auths[Normalise(name)] = credential;
        }
        foreach (var (name, value) in Members(json, "credHelpers"))
            _helpers[Normalise(name)] = Text(value) ?? throw Malformed("a member of credHelpers is not a string");
        _store = json.TryGetProperty("credsStore", out var store) && Text(store) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/>; the message shows nothing of the content.</exception>
    public static DockerConfig Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > RegistryLimits.MaxCredentialFileBytes)
            throw Malformed($"it has more than {RegistryLimits.MaxCredentialFileBytes} bytes");
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new DockerConfig(document.RootElement)
                : throw Malformed("it is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The cause may quote the text around the error, which may be a secret; only where it stands is kept.
            var place = e is JsonException json ? $" at line {json.LineNumber + 1}" : "";
            throw Malformed($"it is not valid JSON of this kind{place}");
        }
    }

    /// <summary>Name of the helper program that keeps the credentials for this registry alone, or null.</summary>
    public string? HelperFor(RepositoryName repository) => _helpers.GetValueOrDefault(repository.Host);

    /// <summary>Name of the helper program for every registry that has no other entry, or null.</summary>
    public string? DefaultHelper => _store;

    /// <summary>The credentials that stand in the file itself, or null.</summary>
    public RegistryCredential? CredentialFor(RepositoryName repository)
    {
        for (var name = repository.Value; ; name = name[..name.LastIndexOf('/')])
        {
            if (_auths.TryGetValue(name, out var credential))
                return credential;
            if (name.Length == repository.Host.Length)
                return null;
        }
    }

    /// <summary>The name under which a helper knows the registry.</summary>
    public static string ServerName(RepositoryName repository) => repository.Host == "docker.io" ? DockerHubServer : repository.Host;

    private static string Normalise(string key)
    {
        var text = key;
        if (key.StartsWith("https://", StringComparison.Ordinal) || key.StartsWith("http://", StringComparison.Ordinal))
            text = key[(key.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/', 2)[0];
        text = text.TrimEnd('/');
        if (text.EndsWith("/v1", StringComparison.Ordinal) || text.EndsWith("/v2", StringComparison.Ordinal))
            text = text[..^3];
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = (slash < 0 ? text : text[..slash]).ToLowerInvariant();
        var path = slash < 0 ? "" : text[slash..];
        return (host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host) + path;
    }

    private static RegistryCredential? ReadAuth(JsonElement value)
    {
        if (value.TryGetProperty("identitytoken", out var token) && Text(token) is { Length: > 0 } identity)
            return RegistryCredential.OfIdentityToken(identity);
        if (value.TryGetProperty("auth", out var auth) && Text(auth) is { Length: > 0 } encoded)
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon > 0
                ? RegistryCredential.OfPassword(pair[..colon], pair[(colon + 1)..].TrimEnd('\0'))
                : throw Malformed("an auth member is not base64 of a user name, a colon and a password");
        }
        return value.TryGetProperty("username", out var name) && Text(name) is { Length: > 0 } user &&
            value.TryGetProperty("password", out var secret) && Text(secret) is { } password
            ? RegistryCredential.OfPassword(user, password)
            : null;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return [];
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(member => (member.Name, member.Value))
            : throw Malformed($"{name} is not an object");
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TrustException Malformed(string problem) => new(TrustError.LocalFile, $"The file with registry credentials cannot be used: {problem}.");
}
