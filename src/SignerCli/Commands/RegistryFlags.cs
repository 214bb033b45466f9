using System.CommandLine;
using TrustService.Errors;
using TrustService.Http;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary>The options of commands that talk to a registry.</summary>
internal sealed class RegistryFlags
{
    private readonly Option<bool> plainHttp = new("--plain-http") { Description = "Talk plain HTTP to the registry (on this machine it is the default)" };
    private readonly Option<string?> registryCa = new("--registry-ca") { HelpName = "FILE", Description = "PEM file with the authority of the registry's certificate (on this machine it also asks for TLS)" };
    private readonly Option<string?> userName = new("--username", "-u") { HelpName = "NAME", Description = "User of the registry; without it, Docker's and Podman's logins are used" };
    private readonly Option<bool> passwordStdin = new("--password-stdin") { Description = "Read the registry password from standard input" };

    /// <summary>All of them, in the order of the help text.</summary>
    public IEnumerable<Option> All => [plainHttp, registryCa, userName, passwordStdin];

    /// <summary>Makes a client for the registry of <paramref name="repository"/> and, without the given password, for all others.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public RegistryClient Open(CliHost host, ParseResult parse, RepositoryName repository)
    {
        var options = RegistryOptions.FromEnvironment(host.Environment) with
        {
            PlainHttp = parse.GetValue(plainHttp) ? true : null,
            ExtraCaFile = parse.GetValue(registryCa),
            Timeout = HttpLimits.TotalTimeout,
        };
        if (GivenLogin.Read(host, parse.GetValue(userName), parse.GetValue(passwordStdin)) is { } credential)
            options = options with { Credentials = new GivenCredentials(repository.Host, credential, options.Credentials) };
        return new RegistryClient(options, host.Time);
    }
}
