using System.CommandLine;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer pending drop</c>.</summary>
internal sealed class PendingDropCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<string[]> roles = new("--role") { HelpName = "ROLE", Description = "Withdraw the change of this role alone", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Makes the command.</summary>
    public PendingDropCommand(CliHost host, GlobalOptions globals)
        : base("drop", "Withdraw changes that wait for signatures. What is published stays as it is.", host, globals)
    {
        Aliases.Add("rm");
        Arguments.Add(repository);
        Options.Add(roles);
        Options.Add(yes);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer pending drop registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ImageReference.Parse(context.Parse.GetRequiredValue(repository)).Repository;
        var pending = new PendingChanges(context);
        var asked = context.Parse.GetValue(roles) ?? [];
        var items = (await pending.ListAsync(name, cancellationToken)).Where(item => asked.Length == 0 || asked.Contains(item.Role.Value)).ToList();
        if (items.Count == 0)
            throw new TrustException(TrustError.NothingPending, $"Nothing of {(asked.Length == 0 ? name.Value : string.Join(", ", asked))} waits for signatures on {context.Servers.Address}.");
        context.Confirm($"Withdraw {string.Join(", ", items.Select(item => $"{item.Role} {item.Parked!.Version}"))} of {name}, with the signatures of {items.Max(item => item.Parked!.SignedBy.Length)}?", context.Parse.GetValue(yes));
        var dropped = new List<string>();
        foreach (var item in items)
        {
            if (await pending.DropAsync(name, item.Parked!, cancellationToken))
                dropped.Add(item.Role.Value);
        }
        foreach (var role in dropped)
            context.Output.Say("Withdrawn", $"{role} of {name}");
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", name.Value);
            writer.WriteTexts("dropped", dropped);
            writer.WriteEndObject();
        });
        return Outcome.Verified;
    }
}
