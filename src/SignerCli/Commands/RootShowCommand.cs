using System.CommandLine;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root show</c>.</summary>
internal sealed class RootShowCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "The proposal; several copies are shown as one", Arity = ArgumentArity.OneOrMore };

    /// <summary>Makes the command.</summary>
    public RootShowCommand(CliHost host, GlobalOptions globals)
        : base("show", "Show what a proposed root changes, who has signed it and who is missing. It opens no connection.", host, globals) => Arguments.Add(files);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root show root-2.proposal"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var proposal = ProposalFiles.Read(context.Parse.GetRequiredValue(files));
        ProposalReport.Say(context.Output, proposal);
        // Said first, so that whoever is refused sees what it is about.
        proposal.Check(context.Now);
        ProposalReport.Result(context.Output, proposal, proposal.IsComplete ? "complete" : "incomplete");
        return Task.FromResult(Outcome.Verified);
    }
}
