using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The commands below <c>signer root</c>.</summary>
internal static class RootCommands
{
    /// <summary>Builds them, in the order of a ceremony.</summary>
    public static Command Create(CliHost host, GlobalOptions globals) => new("root", "Work with root metadata: who holds its keys, and how many of them must sign.")
    {
        new RootStatusCommand(host, globals),
        new RootInitCommand(host, globals),
        new RootProposeCommand(host, globals),
        new RootShowCommand(host, globals),
        new RootSignCommand(host, globals),
        new RootPublishCommand(host, globals),
        new RootPushCommand(host, globals),
        new RootPullCommand(host, globals),
        new RootExportCommand(host, globals),
    };
}
