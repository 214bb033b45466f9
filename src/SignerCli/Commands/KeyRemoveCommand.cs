using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key rm</c>.</summary>
internal sealed class KeyRemoveCommand : SignerCommand
{
    private readonly Argument<string> key = new("key") { HelpName = "KEY", Description = "Id or the start of it, or label" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Makes the command.</summary>
    public KeyRemoveCommand(CliHost host, GlobalOptions globals)
        : base("rm", "Remove a private key from the key store for ever; of a key elsewhere, forget where it is.", host, globals)
    {
        Aliases.Add("remove");
        Arguments.Add(key);
        Options.Add(yes);
    }

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var entry = context.KeyFinder.FindInStore(context.Parse.GetRequiredValue(key));
        if (entry.IsFile && KeyPurposes.Of(entry.Roles) == KeyPurpose.Root)
            context.Output.Warn("This is a root key. Without it, and without a copy, nobody can ever change the keys of its repositories.");
        var uses = entry.Repositories.IsEmpty ? "" : $" It signs for {string.Join(", ", entry.Repositories)}.";
        var question = entry.IsFile ? $"Remove {entry.Name} ({entry.Location}) for ever?" : $"Forget that {entry.Name} is {entry.Location}? The key itself stays there.";
        context.Confirm(question + uses, context.Parse.GetValue(yes));
        FileKeyStore.Remove(entry);
        context.Output.Say("Key", $"{entry.Name} is removed.");
        context.Output.ResultJson(writer => writer.WriteKey(entry));
        return Task.FromResult(Outcome.Verified);
    }
}
