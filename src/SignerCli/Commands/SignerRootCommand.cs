using System.CommandLine;
using System.CommandLine.Help;

namespace TrustService.Cli.Commands;

/// <summary>The table of contents of <c>signer</c>.</summary>
internal sealed class SignerRootCommand : Command
{
    private readonly IReadOnlyList<string>? wanted;

    /// <summary>Builds the tree of commands.</summary>
    /// <param name="host">The process.</param>
    /// <param name="wanted">Names of the commands to build, among other words, or null for all: each takes longer to build than to parse.</param>
    public SignerRootCommand(CliHost host, IReadOnlyList<string>? wanted)
        // The library's own root has the name of the program, which is that of one of the commands.
        : base("signer-program", "Sign container images and verify them: which digest a tag stands for, vouched for by keys that you hold.")
    {
        this.wanted = wanted;
        Globals = new GlobalOptions();
        foreach (var option in Globals.All)
            Options.Add(option);
        Options.Add(new HelpOption("--help", "-h") { Action = new HelpAction(host.Results, Globals) });
        Options.Add(new VersionOption { Action = new VersionAction(host.Results) });

        Add("init", () => new InitCommand(host, Globals));
        Add("sign", () => new SignCommand(host, Globals));
        Add("verify", () => new VerifyCommand(host, Globals));
        Add("inspect", () => new InspectCommand(host, Globals));
        Add("explain", () => new ExplainCommand(host, Globals));
        Add("doctor", () => new DoctorCommand(host, Globals));
        Add("revoke", () => new RevokeCommand(host, Globals));
        Add("reshape", () => new ReshapeCommand(host, Globals));
        Add("cosign", () => new CosignCommand(host, Globals));
        Add("pending", () => PendingCommands.Create(host, Globals));
        Add("signer", () => SignerCommands.Create(host, Globals));
        Add("renew", () => new RenewCommand(host, Globals));
        Add("recover", () => new RecoverCommand(host, Globals));
        Add("key", () => KeyCommands.Create(host, Globals));
        Add("import", () => ImportCommands.Create(host, Globals));
        Add("archive", () => new Command("archive", "Save trust data of other servers.") { new ArchiveNotaryCommand(host, Globals) });
        Add("root", () => RootCommands.Create(host, Globals));
        Add("tuf", () => new Command("tuf", "Work with TUF repositories of any kind of files.") { new TufGetCommand(host, Globals) });
        Add("version", () => new VersionCommand(host, Globals));
        Add("completion", () => new CompletionCommand(host, Globals));
    }

    /// <summary>The options that every command takes.</summary>
    public GlobalOptions Globals { get; }

    private void Add(string name, Func<Command> make)
    {
        if (wanted is null || wanted.Contains(name))
            Subcommands.Add(make());
    }
}
