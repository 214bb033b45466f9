using System.CommandLine;
using TrustService.Cli.Backups;
using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key restore</c>.</summary>
internal sealed class KeyRestoreCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "One backup file, or the files of shares; none to type shares line by line", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> label = new("--label") { HelpName = "LABEL", Description = "Of shares: a name for the key" };
    private readonly Option<string?> role = new("--role") { HelpName = "ROLE", Description = "Of shares: what the key is for" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public KeyRestoreCommand(CliHost host, GlobalOptions globals)
        : base("restore", "Put keys from a backup into the key store. A key that is there already stays as it is.", host, globals)
    {
        Arguments.Add(files);
        foreach (var option in (Option[])[label, role, newPassphrase.Option])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key restore /media/usb/keys.backup", "signer key restore a.txt b.txt c.txt --role root --label vault-1", "signer key restore --role root"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var details = NewKey.Details(context, context.Parse.GetValue(label), context.Parse.GetValue(role));
        var named = context.Parse.GetValue(files) ?? [];
        var restored = new BackupReading(context.Passphrases, context.Host.Terminal, context.Output).Read(named);
        if (restored.Count > 1 && (details.Label is not null || !details.Roles.IsEmpty))
        {
            foreach (var key in restored)
                key.Dispose();
            throw new TrustException(TrustError.Usage, $"--label and --role are of one key; the backup holds {restored.Count}, each with its own.");
        }
        var passphrases = new Dictionary<KeyPurpose, Passphrase>();
        var kept = new List<KeyEntry>();
        try
        {
            foreach (var key in restored)
                kept.Add(Keep(context, key, details, passphrases));
        }
        finally
        {
            foreach (var key in restored)
                key.Dispose();
            foreach (var passphrase in passphrases.Values)
                passphrase.Dispose();
        }
        foreach (var entry in kept)
            context.Output.Result(entry.Id!.Value.Value);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in kept)
                writer.WriteKey(entry);
            writer.WriteEndArray();
        });
        return Task.FromResult(Outcome.Verified);
    }

    private KeyEntry Keep(CommandContext context, RestoredKey restored, KeyEntry given, Dictionary<KeyPurpose, Passphrase> passphrases)
    {
        KeyProof.Require(restored.Key);
        var known = context.Keys.List();
        if (known.FirstOrDefault(entry => entry.IsSame(restored.Entry.Public!)) is { } present)
        {
            context.Output.Say("Present", $"{present.Name} is in the key store already: {present.Location}");
            return FileKeyStore.Change(present, noted => noted with { Drilled = context.Now, Roles = [.. noted.Roles.Union(given.Roles, StringComparer.Ordinal)] });
        }
        // It came out of a backup, so there is one, and it works.
        var details = restored.Entry with
        {
            Label = given.Label ?? restored.Entry.Label,
            Roles = given.Roles.IsEmpty ? restored.Entry.Roles : given.Roles,
            Created = restored.Entry.Created ?? context.Now,
            BackedUp = context.Now,
            Drilled = context.Now,
            LastUsed = null,
            WrongPassphrases = 0,
            WrongSince = null,
        };
        if (known.FirstOrDefault(entry => entry.Label is not null && entry.Label == details.Label) is { } namesake)
        {
            context.Output.Warn($"Another key is called {namesake.Name} here, so the restored one gets no label.");
            details = details with { Label = null };
        }
        var purpose = KeyPurposes.Of(details.Roles);
        if (details.Roles.IsEmpty)
            context.Output.Warn($"What the key is for is not known: shares do not hold it. Its passphrase is that of delegated roles ({Passphrases.VariableOf(purpose)}); --role root makes it a root key.");
        if (!passphrases.TryGetValue(purpose, out var passphrase))
            passphrases.Add(purpose, passphrase = newPassphrase.Get(context, purpose, $"the restored key {details.Name}"));
        var entry = context.Keys.Add(restored.Key, passphrase.Utf8, details);
        context.Output.Say("Restored", $"{entry.Name} → {entry.Location}");
        return entry;
    }
}
