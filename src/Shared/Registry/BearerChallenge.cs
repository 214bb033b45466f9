using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TrustService.Registry;

/// <summary>The parameters of a Bearer challenge. Source: OCI distribution token authentication; RFC 9110 §11.3.</summary>
public sealed record BearerChallenge
{
    private BearerChallenge(Uri realm, string? service) => (Realm, Service) = (realm, service);

    /// <summary>Absolute address of the token service.</summary>
    public Uri Realm { get; }

    /// <summary>Name of the registry as the token service knows it, or null.</summary>
    public string? Service { get; }

    /// <summary>Reads the part after <c>Bearer</c>; false if it is malformed or names no http or https realm.</summary>
    /// <remarks>The challenge's scope is not kept: a client asks for what it needs, not for what it is told to ask for.</remarks>
    public static bool TryParse(string? parameters, [NotNullWhen(true)] out BearerChallenge? challenge)
    {
        challenge = null;
        if (parameters is null || parameters.Length > RegistryLimits.MaxChallengeLength || ReadPairs(parameters) is not { } pairs)
            return false;
        if (!pairs.TryGetValue("realm", out var text) || !Uri.TryCreate(text, UriKind.Absolute, out var realm))
            return false;
        // The library's parser passes over line ends and more, and then cannot put the address together again.
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return false;
        if ((realm.Scheme != Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttp) || realm.UserInfo.Length > 0)
            return false;
        challenge = new BearerChallenge(realm, pairs.GetValueOrDefault("service"));
        return true;
    }

    /// <summary>The address that answers with a token for a scope.</summary>
    public Uri TokenAddress(string scope)
    {
        var query = Realm.Query.TrimStart('?');
        var service = Service is null ? "" : $"service={Uri.EscapeDataString(Service)}&";
        return new UriBuilder(Realm) { Fragment = "", Query = $"{query}{(query.Length > 0 ? "&" : "")}{service}scope={Uri.EscapeDataString(scope)}" }.Uri;
    }

    /// <returns>The parameters, or null if the text is malformed or names one twice.</returns>
    private static Dictionary<string, string>? ReadPairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
                return null;
            var name = text[at..equals].Trim();
            var value = ReadValue(text, equals + 1, out at);
            if (name.Length == 0 || value is null || !pairs.TryAdd(name, value))
                return null;
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            if (at < text.Length && text[at++] != ',')
                return null;
        }
        return pairs;
    }

    private static string? ReadValue(string text, int start, out int end)
    {
        while (start < text.Length && text[start] is ' ' or '\t')
            start++;
        end = start;
        if (start == text.Length || text[start] != '"')
        {
            while (end < text.Length && text[end] != ',')
                end++;
            return text[start..end].Trim();
        }
        var value = new StringBuilder();
        for (end = start + 1; end < text.Length; end++)
        {
            if (text[end] == '"')
            {
                end++;
                return value.ToString();
            }
            if (text[end] == '\\' && ++end == text.Length)
                return null;
            value.Append(text[end]);
        }
        return null;
    }
}
