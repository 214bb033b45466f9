using System.CommandLine;
using TrustService.Cli.Importing;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary>The options of commands that read from another trust server, which speaks the protocol of Notary.</summary>
internal sealed class NotaryFlags
{
    private readonly Option<string?> allFrom = new("--all-from") { HelpName = "FILE", Description = "Take the names of repositories from FILE, one on each line" };
    private readonly Option<string?> ca = new("--notary-ca") { HelpName = "FILE", Description = "PEM file with the authority of the old server's certificate" };
    private readonly Option<bool> plainHttp = new("--notary-plain-http") { Description = "Let the address of the old server be plain http on another machine" };
    private readonly Option<string?> userName = new("--username", "-u") { HelpName = "NAME", Description = "User of the old server [NOTARY_AUTH]; without it, Docker's and Podman's logins are used" };
    private readonly Option<bool> passwordStdin = new("--password-stdin") { Description = "Read the password from standard input" };

    /// <summary>All of them, in the order of the help text.</summary>
    public IEnumerable<Option> All => [allFrom, ca, plainHttp, userName, passwordStdin];

    /// <summary>The file with the names of repositories, or null.</summary>
    public string? NamesFile(ParseResult parse) => parse.GetValue(allFrom);

    /// <summary>Connects to a server; nothing is sent yet.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.InsecureTransport"/>.</exception>
    public NotaryConnection Open(CliHost host, ParseResult parse, CommandOutput output, string url)
    {
        var options = new HttpClientOptions
        {
            ExtraCaFiles = parse.GetValue(ca) is { } file ? [file] : [],
            AllowPlainHttp = parse.GetValue(plainHttp),
            UserAgent = $"signer/{VersionCommand.Number}",
        };
        var credentials = GivenLogin.Read(host, parse.GetValue(userName), parse.GetValue(passwordStdin)) is { } given
            ? new OneCredential(given)
            : (IRegistryCredentials)new TrustServerCredentials(DockerCredentials.FromEnvironment(host.Environment), url, () => TrustServers.NotaryLogin(host, output));
        var http = HttpClients.Create(options);
        try
        {
            var client = new NotaryServerClient(new HttpExchange(http, HttpPeer.TrustServer with { CaOption = "--notary-ca" }, options), url, credentials);
            HttpTransport.Require(new Uri(client.Address), options.AllowPlainHttp);
            return new NotaryConnection(http, client);
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }
}
