using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The commands below <c>signer import</c>.</summary>
internal static class ImportCommands
{
    /// <summary>Builds them.</summary>
    public static Command Create(CliHost host, GlobalOptions globals) => new("import", "Move in from Docker Content Trust and Notary.")
    {
        new ImportDockerTrustCommand(host, globals),
        new ImportNotaryCommand(host, globals),
    };
}
