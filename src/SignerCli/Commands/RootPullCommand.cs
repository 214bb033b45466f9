using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root pull</c>.</summary>
internal sealed class RootPullCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<string> outFile = new("--out") { HelpName = "FILE", Description = "Write the proposal to FILE; signatures of the same proposal that are there already stay", Required = true };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RootPullCommand(CliHost host, GlobalOptions globals)
        : base("pull", "Fetch the proposal that somebody left on the trust server, put on top of the root that you trust, and show it.", host, globals)
    {
        Arguments.Add(repository);
        foreach (var option in (Option[])[outFile, trust.Root, trust.Format])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root pull registry.example.com/team/app --out root-2.proposal"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var path = context.Parse.GetRequiredValue(outFile);
        PrivateFiles.RequirePlace(path);
        var proposal = await context.WithinTimeoutAsync(
            async token => await new ParkedProposals(context).FetchAsync(name, (await ParkedProposals.ReadCurrentAsync(context, name, trust, token))?.Snapshot.Root, token),
            cancellationToken)
            ?? throw new TrustException(TrustError.NothingPending, $"No proposal of a root of {name} waits at {context.Servers.Address}.") { Role = "root", Hint = "It may have been published meanwhile: signer root status REPOSITORY" };
        // Its own copy once more: only signatures that hold are kept.
        proposal = proposal.Merge(File.Exists(path) ? ProposalFiles.Read([path]) : proposal);
        ProposalReport.Say(context.Output, proposal);
        proposal.Check(context.Now);
        ProposalFiles.Write(path, proposal);
        context.Output.Say("Written", path);
        ProposalReport.SayNext(context.Output, proposal, path);
        ProposalReport.Result(context.Output, proposal, proposal.IsComplete ? "complete" : "incomplete");
        return Outcome.Verified;
    }
}
