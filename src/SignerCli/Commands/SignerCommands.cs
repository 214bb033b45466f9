using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The commands below <c>signer signer</c>.</summary>
internal static class SignerCommands
{
    /// <summary>Builds them.</summary>
    public static Command Create(CliHost host, GlobalOptions globals) => new("signer", "Say who may sign images with a key of their own.")
    {
        new SignerAddCommand(host, globals),
        new SignerRemoveCommand(host, globals),
        new SignerListCommand(host, globals),
    };
}
