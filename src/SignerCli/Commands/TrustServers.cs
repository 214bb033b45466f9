using System.CommandLine;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Http;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary>The trust server of a run, in each of the protocols that it may speak: one for each format.</summary>
internal sealed class TrustServers : IDisposable
{
    /// <summary>Name of the environment variable with the server's address.</summary>
    public const string ServerVariable = "SIGNER_SERVER";

    /// <summary>Name of the environment variable with the authority of the server's certificate.</summary>
    public const string ServerCaVariable = "SIGNER_SERVER_CA";

    private const string DockerServerVariable = "DOCKER_CONTENT_TRUST_SERVER";

    private readonly HttpClient http;
    private readonly TrustServerClient tuf;
    private readonly NotaryServerClient notary;

    private TrustServers(HttpClient http, HttpExchange exchange, string address, IRegistryCredentials credentials)
    {
        this.http = http;
        tuf = new TrustServerClient(exchange, address);
        Management = new RepositoryManagement(exchange, tuf.Address);
        notary = new NotaryServerClient(exchange, address, credentials);
    }

    /// <summary>The server's address.</summary>
    public string Address => tuf.Address;

    /// <summary>What owners need of it for repairs.</summary>
    public RepositoryManagement Management { get; }

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if no server is named, or <see cref="TrustError.InsecureTransport"/>.</exception>
    public static TrustServers Open(CliHost host, GlobalOptions globals, ParseResult parse, CommandOutput output, SignerConfig config, string configFile)
    {
        var address = NonEmpty(parse.GetValue(globals.Server)) ?? NonEmpty(host.Environment(ServerVariable)) ?? NonEmpty(config.Server) ?? DockerServer(host, output, configFile);
        if (!address.Contains("://", StringComparison.Ordinal))
            throw new TrustException(TrustError.Usage, $"\"{address}\" is not the address of a trust server: it does not say https.") { Hint = $"Did you mean https://{address}?" };
        var options = OptionsOf(host, globals, parse, config);
        var http = HttpClients.Create(options);
        try
        {
            var servers = new TrustServers(http, new HttpExchange(http, HttpPeer.TrustServer, options), address, new TrustServerCredentials(DockerCredentials.FromEnvironment(host.Environment), address, () => NotaryLogin(host, output)));
            HttpTransport.Require(new Uri(servers.Address), options.AllowPlainHttp);
            output.Detail($"trust server {servers.Address}");
            return servers;
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary>How connections to whoever serves metadata are made.</summary>
    public static HttpClientOptions OptionsOf(CliHost host, GlobalOptions globals, ParseResult parse, SignerConfig config) => new()
    {
        ExtraCaFiles = (NonEmpty(parse.GetValue(globals.ServerCa)) ?? NonEmpty(host.Environment(ServerCaVariable)) ?? NonEmpty(config.ServerCa)) is { } file ? [file] : [],
        AllowPlainHttp = parse.GetValue(globals.ServerPlainHttp),
        UserAgent = $"signer/{VersionCommand.Number}",
    };

    /// <summary>The server in its own protocol, which can do more than the others.</summary>
    public TrustServerClient Own => tuf;

    /// <summary>The server in the protocol for repositories of a format.</summary>
    public ITrustServer For(IMetadataFormat format) => format == NotaryFormat.Instance ? notary : tuf;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static string DockerServer(CliHost host, CommandOutput output, string configFile)
    {
        if (NonEmpty(host.Environment(DockerServerVariable)) is not { } docker)
            throw new TrustException(TrustError.Usage, "No trust server is named.") { Hint = $"Give --server https://…, set {ServerVariable}, or put \"server\" into {configFile}." };
        output.Notice($"The trust server is taken from {DockerServerVariable}; the variable of this program is {ServerVariable}.");
        return docker;
    }

    /// <summary>The login of Notary's variable, with a note that it is used; null if there is none.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the variable holds something else.</exception>
    public static RegistryCredential? NotaryLogin(CliHost host, CommandOutput output)
    {
        if (NonEmpty(host.Environment(TrustServerCredentials.NotaryVariable)) is not { } value)
            return null;
        output.Notice($"The login for the trust server is taken from {TrustServerCredentials.NotaryVariable}; a login of Docker or Podman for its host comes first.");
        return TrustServerCredentials.ParseNotary(value);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
