using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key list</c>.</summary>
internal sealed class KeyListCommand : SignerCommand
{
    /// <summary>Makes the command.</summary>
    public KeyListCommand(CliHost host, GlobalOptions globals)
        : base("list", "List the private keys of this user, those of Docker Content Trust included.", host, globals) => Aliases.Add("ls");

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var entries = context.Keys.List().Concat(DockerKeys.List(context.Home.DockerTrust)).ToList();
        if (entries.Count == 0)
            context.Output.Say($"There is no key in {context.Home.Keys} yet. signer init and signer key generate make some.");
        else
            Show(context.Output, entries);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in entries)
                writer.WriteKey(entry);
            writer.WriteEndArray();
        });
        return Task.FromResult(Outcome.Verified);
    }

    private static void Show(CommandOutput output, List<KeyEntry> entries)
    {
        var table = new TextTable("KEY", "ROLE", "LABEL", "TYPE", "IN", "BACKED UP", "LAST USED", "REPOSITORIES");
        foreach (var entry in entries)
        {
            // A shortened id is for eyes; in a pipe it has to be of use.
            var id = entry.Id is { } known ? output.Style.IsWide ? known.Value : known.Value[..Math.Min(12, known.Value.Length)] : "";
            table.Add(id, string.Join(',', entry.Roles), entry.Label ?? "", entry.Public is { } key ? KeySchemes.Describe(key.Scheme) : "", KeyOutput.OriginOf(entry), BackupOf(entry), entry.LastUsed is { } used ? CommandOutput.Date(used) : entry.IsInStore ? "never" : "", string.Join(", ", entry.Repositories));
        }
        foreach (var line in table.Lines())
            output.Result(line);
    }

    // Only what the key store knows of; a token's backup is not made here.
    private static string BackupOf(KeyEntry entry) =>
        entry.BackedUp is { } made ? $"{CommandOutput.Date(made)}{(entry.Drilled is { } drilled ? $", drilled {CommandOutput.Date(drilled)}" : "")}"
        : !entry.IsInStore ? ""
        : entry.IsFile ? "NO"
        : "by its owner";
}
