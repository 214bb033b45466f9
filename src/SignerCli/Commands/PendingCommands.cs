using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The commands below <c>signer pending</c>.</summary>
internal static class PendingCommands
{
    /// <summary>Builds them.</summary>
    public static Command Create(CliHost host, GlobalOptions globals) => new("pending", "Work with changes that wait for more signatures on the trust server.")
    {
        new PendingListCommand(host, globals),
        new PendingDropCommand(host, globals),
    };
}
