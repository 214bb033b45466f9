using System.Collections.Immutable;
using TrustService.Errors;

namespace TrustService.Server.Hosting;

/// <summary>Where the server listens, how, and where it keeps its files.</summary>
internal sealed record ServerSettings
{
    private const string DefaultHttp = "http://127.0.0.1:4480";
    private const string DefaultHttps = "https://127.0.0.1:4443";

    /// <summary>Addresses to listen on, at least one.</summary>
    public required ImmutableArray<ListenUrl> Urls { get; init; }

    /// <summary>Directory of the server's own files.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>PEM file of the certificate chain, or null.</summary>
    public string? TlsCert { get; init; }

    /// <summary>PEM file of its private key, or null.</summary>
    public string? TlsKey { get; init; }

    /// <summary>True if the server makes its own certificate.</summary>
    public bool DevTls { get; init; }

    /// <summary>Reads the settings and refuses what would be insecure without being told so.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InsecureTransport"/></exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var cert = Text(configuration, SettingNames.TlsCert);
        var key = Text(configuration, SettingNames.TlsKey);
        var devTls = Switch(configuration, SettingNames.DevTls);
        if (cert is null != key is null)
            throw Usage("--tls-cert and --tls-key belong together; one of them is missing.");
        if (devTls && cert is not null)
            throw Usage("--dev-tls makes its own certificate; --tls-cert gives one. Choose one of them.");
        var hasTls = devTls || cert is not null;
        var urls = (Text(configuration, SettingNames.Urls) ?? (hasTls ? DefaultHttps : DefaultHttp)).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseUrl).ToImmutableArray();
        CheckTransport(urls, hasTls, Switch(configuration, SettingNames.InsecureNoAuth), Switch(configuration, SettingNames.InsecureHttp));
        return new ServerSettings { Urls = urls, DataDirectory = Text(configuration, SettingNames.Data) ?? "trust-data", TlsCert = cert, TlsKey = key, DevTls = devTls };
    }

    private static void CheckTransport(ImmutableArray<ListenUrl> urls, bool hasTls, bool allowsNoAuthentication, bool allowsHttp)
    {
        if (urls.IsEmpty)
            throw Usage("--urls names no address to listen on.");
        if (urls.FirstOrDefault(url => url.IsHttps && !hasTls) is { } bare)
            throw Usage($"{bare} needs a certificate: give --tls-cert and --tls-key, or --dev-tls for a development certificate.");
        if (hasTls && !urls.Any(url => url.IsHttps))
            throw Usage($"A certificate is given, but no address uses it: {string.Join(", ", urls)}. Write https:// in --urls.");
        if (urls.FirstOrDefault(url => !url.IsLoopback && !allowsNoAuthentication) is { } open)
        {
            throw new TrustException(TrustError.InsecureTransport, $"No authentication is configured, so everybody who reaches {open} could publish and delete.")
            {
                Hint = "Listen on 127.0.0.1 or [::1], or, where the network alone decides who may connect, add --insecure-no-auth.",
            };
        }
        if (urls.FirstOrDefault(url => !url.IsLoopback && !url.IsHttps && !allowsHttp) is { } plain)
        {
            throw new TrustException(TrustError.InsecureTransport, $"{plain} would be reachable from other machines without TLS.")
            {
                Hint = "Give --tls-cert and --tls-key and an https:// URL, or, behind a proxy that does TLS, add --insecure-http.",
            };
        }
    }

    private static ListenUrl ParseUrl(string text) =>
        ListenUrl.TryParse(text, out var url) ? url : throw Usage($"\"{text}\" is no address to listen on; http:// or https:// with an IP address, localhost or *, and a port is needed, as https://127.0.0.1:4443.");

    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text : null;

    private static bool Switch(IConfiguration configuration, string name) => Text(configuration, name)?.ToLowerInvariant() switch
    {
        null or "false" or "0" or "no" => false,
        "true" or "1" or "yes" => true,
        var other => throw Usage($"{name} is \"{other}\"; true or false is needed."),
    };

    private static TrustException Usage(string message) => new(TrustError.Usage, message) { Hint = "TrustServer --help shows the options." };
}
