using System.CommandLine;
using TrustService.Cli.Backups;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key drill</c>.</summary>
internal sealed class KeyDrillCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "One backup file, or the files of shares; none to type shares line by line", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Makes the command.</summary>
    public KeyDrillCommand(CliHost host, GlobalOptions globals)
        : base("drill", "Prove that a backup restores keys that sign. In memory only: the key store's keys are neither opened nor changed, only the date is noted.", host, globals) => Arguments.Add(files);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key drill /media/usb/keys.backup", "signer key drill a.txt b.txt c.txt", "signer key drill"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var live = context.Keys.List();
        var proved = new List<(KeyEntry Restored, KeyEntry? Live)>();
        var restored = new BackupReading(context.Passphrases, context.Host.Terminal, context.Output).Read(context.Parse.GetValue(files) ?? []);
        try
        {
            foreach (var key in restored)
            {
                KeyProof.Require(key.Key);
                proved.Add((key.Entry, live.FirstOrDefault(entry => entry.IsSame(key.Entry.Public!))));
            }
        }
        finally
        {
            foreach (var key in restored)
                key.Dispose();
        }
        foreach (var (key, known) in proved)
        {
            if (known is not null)
                FileKeyStore.Change(known, entry => entry with { Drilled = context.Now, BackedUp = entry.BackedUp ?? context.Now });
            context.Output.Pass("restores", $"{(known ?? key).Name} came back and signed{(known is null ? "; it is not in this key store" : "")}.");
        }
        WarnOfOthers(context, live, proved);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (key, known) in proved)
            {
                writer.WriteStartObject();
                writer.WriteString("keyid", key.Id!.Value.Value);
                writer.WriteBoolean("signs", true);
                writer.WriteBoolean("inKeyStore", known is not null);
                writer.WriteTime("drilled", context.Now);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
        return Task.FromResult(Outcome.Verified);
    }

    private static void WarnOfOthers(CommandContext context, IReadOnlyList<KeyEntry> live, List<(KeyEntry Restored, KeyEntry? Live)> proved)
    {
        var never = live.Where(entry => entry.IsFile && entry.Drilled is null && !proved.Any(pair => pair.Live?.Location == entry.Location)).Select(entry => entry.Name).ToList();
        if (never.Count > 0)
            context.Output.Say($"No drill so far: {string.Join(", ", never.Take(8))}{(never.Count > 8 ? " …" : "")}");
    }
}
