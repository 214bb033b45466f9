using System.CommandLine;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root push</c>.</summary>
internal sealed class RootPushCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "The proposal; several copies are sent as one", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> replace = new("--replace") { Description = "Put it in the place of another proposal that is there" };

    /// <summary>Makes the command.</summary>
    public RootPushCommand(CliHost host, GlobalOptions globals)
        : base("push", "Leave a proposal on the trust server for those who still have to sign, or add your signature to the one that is there. Nobody trusts what is left there.", host, globals)
    {
        Arguments.Add(files);
        Options.Add(replace);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root push root-2.proposal"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var proposal = ProposalFiles.Read(context.Parse.GetRequiredValue(files));
        proposal.Check(context.Now);
        if (proposal.TargetsProgress is { IsMet: false })
            throw new TrustException(TrustError.ThresholdNotMet, "The first targets are not signed yet, and the server cannot tell who left them.") { Role = "targets", Hint = "Sign the proposal with the targets key first: signer root sign FILE" };
        var parked = await context.WithinTimeoutAsync(
            async token =>
            {
                var server = new ParkedProposals(context);
                try
                {
                    await server.ParkAsync(proposal, context.Parse.GetValue(replace), token);
                }
                catch (TrustException e) when (e.Error == TrustError.PublishConflict)
                {
                    throw new TrustException(e.Error, e.Message, e) { Role = e.Role, Hint = $"Look at it first (signer root pull {proposal.Repository}); --replace puts this one in its place." };
                }
                catch (TrustException e) when (e.Error == TrustError.ServerRefused)
                {
                    throw new TrustException(e.Error, $"{context.Servers.Address} keeps no proposals: {e.Message}", e) { Role = e.Role, Hint = "Hand on the file itself." };
                }
                return await context.Servers.Own.ReadPendingAsync(proposal.Repository, Metadata.RoleName.Root, token) is { } file
                    ? Ceremony.RootProposal.Of(proposal.Format, proposal.Repository, proposal.Current, proposal.Format.Read<Metadata.Root>(file, Verification.VerificationLimits.Default.MaxRootBytes), proposal.Targets)
                    : proposal;
            },
            cancellationToken);
        context.Output.Say("Parked", $"root {parked.Proposed.Signed.Version} of {parked.Repository} at {context.Servers.Address}");
        ProposalReport.SayProgress(context.Output, parked);
        context.Output.Say($"Next: the others run signer root pull {parked.Repository} --out FILE and signer root sign FILE");
        ProposalReport.Result(context.Output, parked, "parked");
        return Outcome.Verified;
    }
}
