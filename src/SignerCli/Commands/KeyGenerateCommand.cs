using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key generate</c>.</summary>
internal sealed class KeyGenerateCommand : SignerCommand
{
    private readonly Argument<string?> label = new("label") { HelpName = "LABEL", Description = "A name for the key, such as ci or alice", Arity = ArgumentArity.ZeroOrOne };
    // As key import has it; here the argument says the same.
    private readonly Option<string?> labelOption = new("--label") { HelpName = "LABEL", Description = "A name for the key", Hidden = true };
    private readonly Option<string?> role = new("--role") { HelpName = "ROLE", Description = "What it is for: root, targets or the name of a delegated role" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of key (default p256)", DefaultValueFactory = _ => "p256" };

    /// <summary>Makes the command.</summary>
    public KeyGenerateCommand(CliHost host, GlobalOptions globals)
        : base("generate", "Make a new private key, encrypted, in the key store.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(label);
        Options.Add(labelOption);
        Options.Add(role);
        Options.Add(type);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key generate ci", "signer key generate --role root --type ed25519 vault-1"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (given, named) = (context.Parse.GetValue(label), context.Parse.GetValue(labelOption));
        if (given is not null && named is not null && given != named)
            throw new TrustException(TrustError.Usage, $"Two names are given for one key: {given} and {named}.");
        var details = NewKey.Details(context, given ?? named, context.Parse.GetValue(role));
        using var key = SigningKeys.Generate(KeySchemes.Parse(context.Parse.GetRequiredValue(type)));
        using var passphrase = context.Passphrases.ForNew(KeyPurposes.Of(details.Roles), "the new key");
        NewKey.Report(context, context.Keys.Add(key, passphrase.Utf8, details), "new");
        return Task.FromResult(Outcome.Verified);
    }
}
