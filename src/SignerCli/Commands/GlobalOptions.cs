using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Cli.Output;

namespace TrustService.Cli.Commands;

/// <summary>The options that every command takes, before or after its name.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Address of the trust server.</summary>
    public Option<string?> Server { get; } = new("--server", "-s") { HelpName = "URL", Description = "Address of the trust server [SIGNER_SERVER]", Recursive = true };

    /// <summary>Authority of the server's certificate.</summary>
    public Option<string?> ServerCa { get; } = new("--server-ca") { HelpName = "FILE", Description = "PEM file with the authority of its certificate [SIGNER_SERVER_CA]", Recursive = true };

    /// <summary>Plain HTTP to a server elsewhere.</summary>
    public Option<bool> ServerPlainHttp { get; } = new("--server-plain-http") { Description = "Let the address be plain http on another machine", Recursive = true };

    /// <summary>Where keys and settings are.</summary>
    public Option<string?> HomeDirectory { get; } = new("--home") { HelpName = "DIR", Description = $"Directory of keys, pinned roots and settings [{SignerHome.Variable}]", Recursive = true };

    /// <summary>File with the passphrase.</summary>
    public Option<string?> PassphraseFile { get; } = new("--passphrase-file") { HelpName = "FILE", Description = "Take the passphrase of keys from the first line of FILE", Recursive = true };

    /// <summary>Descriptor with the passphrase.</summary>
    public Option<int?> PassphraseDescriptor { get; } = new("--passphrase-fd") { HelpName = "N", Description = "Take it from the first line of the open file descriptor N", Recursive = true };

    /// <summary>Form of results.</summary>
    public Option<string> Output { get; } = Choice();

    /// <summary>Less text.</summary>
    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Print results, warnings and refusals only", Recursive = true };

    /// <summary>More text.</summary>
    public Option<bool> Verbose { get; } = new("--verbose", "-v", "--debug", "-d") { Description = "Print the steps, and where errors come from", Recursive = true };

    /// <summary>Deadline.</summary>
    public Option<string> Timeout { get; } = new("--timeout", "-t") { HelpName = "TIME", Description = "How long servers may take altogether (default 3m)", Recursive = true, DefaultValueFactory = _ => "3m" };

    /// <summary>All of them, in the order of the help text.</summary>
    public IEnumerable<Option> All => [Server, ServerCa, ServerPlainHttp, HomeDirectory, PassphraseFile, PassphraseDescriptor, Output, Quiet, Verbose, Timeout];

    private static Option<string> Choice()
    {
        var option = new Option<string>("--output", "-o") { HelpName = "text|json", Description = "Form of results on standard output", Recursive = true, DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    /// <summary>The form that a parsed command line asks for.</summary>
    public OutputFormat FormatOf(ParseResult parse) => parse.GetValue(Output) == "json" ? OutputFormat.Json : OutputFormat.Text;
}
