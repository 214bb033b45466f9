using TrustService.Ceremony;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Whether a proposal builds on the root that this machine trusts, as far as that can be told without a network.</summary>
/// <param name="context">The run.</param>
/// <param name="given">What the command line pins, or null.</param>
internal sealed class ProposalBase(CommandContext context, string? given)
{
    /// <summary>Refuses a proposal that builds on another root than the pinned one; where nothing tells, people are told to compare.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.RootMismatch"/>, or a coded refusal of the pin.</exception>
    public void Check(RootProposal proposal)
    {
        var pin = context.Roots.Find(proposal.Repository, given) as RootPin;
        if (proposal.Current is not { } current)
        {
            if (pin is not null)
                throw Mismatch($"The proposal begins {proposal.Repository} anew, and this machine trusts {pin.Fingerprint} for it.");
            return;
        }
        var fingerprint = RootPin.OfFile(proposal.Format, current.File).Fingerprint;
        if (pin?.Version == current.Signed.Version && pin.Fingerprint != fingerprint)
            throw Mismatch($"The proposal builds on {fingerprint}, and this machine trusts {pin.Fingerprint}.");
        if (pin?.Version > current.Signed.Version)
            throw Mismatch($"The proposal builds on root {current.Signed.Version}, and this machine trusts root {pin.Version} already.");
        if (pin?.Fingerprint == fingerprint)
            context.Output.Say("Pinned", "it builds on the root that this machine trusts");
        else if (new SignedRoots(context.Home).Contains(proposal.Repository, CollectedSignatures.IdOf(current)))
            context.Output.Say("Known", "it builds on a root that you signed here");
        else
            WarnOfUnknown(proposal, fingerprint);
    }

    // On a made-up root even holders who stay may be others, with ids that begin and end like theirs.
    private void WarnOfUnknown(RootProposal proposal, string fingerprint)
    {
        context.Output.Warn($"This machine cannot tell whether {fingerprint} is the current root; on another one, changes would look smaller than they are. Compare it with what signer root status says elsewhere, or give it with --root.");
        foreach (var holder in KeyHolder.Of(proposal.Proposed.Signed, RoleName.Root))
            context.Output.Say("  next root", holder.InFull);
    }

    private static TrustException Mismatch(string message) => new(TrustError.RootMismatch, message) { Role = RoleName.Root.Value, Hint = "Ask whoever sent you the proposal. Do not sign it until you know why." };
}
