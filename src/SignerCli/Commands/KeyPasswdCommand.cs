using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key passwd</c>.</summary>
internal sealed class KeyPasswdCommand : SignerCommand
{
    private readonly Argument<string> key = new("key") { HelpName = "KEY", Description = "Id or the start of it, or label" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public KeyPasswdCommand(CliHost host, GlobalOptions globals)
        : base("passwd", "Change the passphrase of a key in the key store.", host, globals)
    {
        Arguments.Add(key);
        Options.Add(newPassphrase.Option);
    }

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var entry = context.KeyFinder.FindInStore(context.Parse.GetRequiredValue(key));
        var purpose = KeyPurposes.Of(entry.Roles);
        using var opened = context.Keyring.OpenFile(entry, purpose);
        // The variables hold the passphrase that just opened the key: the new one has to come from elsewhere.
        using var passphrase = context.Parse.GetValue(newPassphrase.Option) is null ? context.Passphrases.AskNew(purpose, $"the key {entry.Name} from now on", "--new-passphrase-file FILE") : newPassphrase.Get(context, purpose, $"the key {entry.Name} from now on");
        FileKeyStore.ChangePassphrase(entry, opened, passphrase.Utf8);
        context.Output.Say("Key", $"{entry.Name} has a new passphrase. Copies of its file still have the old one.");
        context.Output.ResultJson(writer => writer.WriteKey(entry));
        return Task.FromResult(Outcome.Verified);
    }
}
