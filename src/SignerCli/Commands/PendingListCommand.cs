using System.CommandLine;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer pending list</c>.</summary>
internal sealed class PendingListCommand : SignerCommand
{
    private readonly Argument<string> change = new("change") { HelpName = "REPOSITORY|FILE", Description = "The repository, or a file with a pending change" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public PendingListCommand(CliHost host, GlobalOptions globals)
        : base("list", "Show what waits for signatures: what it would change, who has signed, who is missing.", host, globals)
    {
        Aliases.Add("ls");
        Arguments.Add(change);
        foreach (var option in trust.ForSigning)
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer pending list registry.example.com/team/app", "signer pending list change.json"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(context, cancellationToken) is not { } found)
            return Outcome.Verified;
        using var signing = new RepositorySigning(context, trust, new SigningRequest([], [], TimeSpan.Zero, IsConfirmed: false));
        var current = await signing.ReadAsync(found.Repository, _ => new TargetsChange(), _ => found.Items.Select(item => item.Role), cancellationToken);
        var rules = current.Targets.Snapshot.Root.Format.Rules;
        var reviews = PendingReview.Of(current, found.Items);
        foreach (var review in reviews)
        {
            foreach (var line in PendingText.Lines(review, rules, context.Now))
                context.Output.Result(line);
            if (!review.IsNext)
                context.Output.Warn($"{review.Role.Name} {review.Diff.Before?.Version ?? 0} is current by now: cosign makes it again.");
        }
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var review in reviews)
                PendingText.Write(writer, review, rules);
            writer.WriteEndArray();
        });
        return Outcome.Verified;
    }

    // That nothing waits is an answer, as an empty list is.
    private async Task<PendingSource?> FindAsync(CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await new PendingChanges(context).FindAsync(context.Parse.GetRequiredValue(change), cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.NothingPending)
        {
            context.Output.Say(e.Message);
            context.Output.ResultJson(writer => { writer.WriteStartArray(); writer.WriteEndArray(); });
            return null;
        }
    }
}
