using System.CommandLine;
using TrustService.Cli.KeyStores;

namespace TrustService.Cli.Commands;

/// <summary>The option for the second passphrase of commands that need an old and a new one.</summary>
internal sealed class NewPassphraseOption
{
    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new("--new-passphrase-file") { HelpName = "FILE", Description = "Take the new passphrase from the first line of FILE" };

    /// <summary>True if the command line names a file.</summary>
    public bool IsGiven(CommandContext context) => context.Parse.GetValue(Option) is not null;

    /// <summary>The new passphrase: from the file if one is named, else as any new passphrase.</summary>
    public Passphrase Get(CommandContext context, KeyPurpose purpose, string name) =>
        (context.Parse.GetValue(Option) is { } file ? context.Passphrases.WithFile(file) : context.Passphrases).ForNew(purpose, name);
}
