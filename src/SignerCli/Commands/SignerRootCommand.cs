using System.CommandLine;
using System.CommandLine.Help;

namespace TrustService.Cli.Commands;

/// <summary>The table of contents of <c>signer</c>.</summary>
internal sealed class SignerRootCommand : Command
{
    /// <summary>Builds the tree of commands.</summary>
    public SignerRootCommand(CliHost host)
        // The library's own root has the name of the program, which is that of one of the commands.
        : base("signer-program", "Sign container images and verify them: which digest a tag stands for, vouched for by keys that you hold.")
    {
        Globals = new GlobalOptions();
        foreach (var option in Globals.All)
            Options.Add(option);
        Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction(host.Results, Globals) });
        Options.Add(new VersionOption { Action = new VersionAction(host.Results) });

        Subcommands.Add(new InitCommand(host, Globals));
        Subcommands.Add(new SignCommand(host, Globals));
        Subcommands.Add(new VerifyCommand(host, Globals));
        Subcommands.Add(new InspectCommand(host, Globals));
        Subcommands.Add(new RevokeCommand(host, Globals));
        Subcommands.Add(new ReshapeCommand(host, Globals));
        Subcommands.Add(new CosignCommand(host, Globals));
        Subcommands.Add(PendingCommands.Create(host, Globals));
        Subcommands.Add(SignerCommands.Create(host, Globals));
        Subcommands.Add(new RenewCommand(host, Globals));
        Subcommands.Add(new RecoverCommand(host, Globals));
        Subcommands.Add(KeyCommands.Create(host, Globals));
        Subcommands.Add(ImportCommands.Create(host, Globals));
        Subcommands.Add(new Command("archive", "Save trust data of other servers.") { new ArchiveNotaryCommand(host, Globals) });
        Subcommands.Add(RootCommands.Create(host, Globals));
        Subcommands.Add(new Command("tuf", "Work with TUF repositories of any kind of files.") { new TufGetCommand(host, Globals) });
        Subcommands.Add(new VersionCommand(host, Globals));
        Subcommands.Add(new CompletionCommand(host, Globals));
    }

    /// <summary>The options that every command takes.</summary>
    public GlobalOptions Globals { get; }
}
