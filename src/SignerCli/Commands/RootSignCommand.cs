using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root sign</c>: a file in, a file out.</summary>
internal sealed class RootSignCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "The proposal; several copies are signed as one", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "KEY", Description = "Key to sign with: id, label, file, env://VARIABLE, pkcs11:… or exec:PROGRAM (default: found in the key store)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> outFile = new("--out") { HelpName = "FILE", Description = "Write the signed proposal to FILE (default: in place of the first one)" };
    private readonly Option<string?> root = new("--root") { HelpName = "PIN", Description = "Root that the proposal must build on: its file or root:VERSION:sha256:HEX (default: the pinned one)" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>Makes the command.</summary>
    public RootSignCommand(CliHost host, GlobalOptions globals)
        : base("sign", "Sign a proposed root with your root key, after showing what it changes. It opens no connection, so it can run on a machine without a network.", host, globals)
    {
        Arguments.Add(files);
        foreach (var option in (Option[])[keys, outFile, root, yes])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root sign /media/usb/root-2.proposal", "signer root sign root-2.proposal --key alice --out root-2.alice.proposal"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var paths = context.Parse.GetRequiredValue(files);
        var proposal = ProposalFiles.Read(paths);
        ProposalReport.Say(context.Output, proposal, isToBeSigned: true);
        proposal.Check(context.Now);
        new ProposalBase(context, context.Parse.GetValue(root)).Check(proposal);
        var chosen = Choose(context, proposal);
        var path = context.Parse.GetValue(outFile) ?? paths[0];
        if (chosen.IsEmpty)
        {
            context.Output.Say("The keys that are here have signed this already.");
            return Task.FromResult(Finish(context, proposal, path, "unchanged"));
        }
        context.Confirm($"Sign this with {string.Join(" and ", chosen.Select(entry => entry.Key.Name))}?", context.Parse.GetValue(yes));
        var opened = new List<ISigningKey>();
        try
        {
            foreach (var (entry, purpose) in chosen)
                opened.Add(Require(proposal, entry, context.Keyring.Open(entry, purpose)));
            proposal = proposal.Sign(opened);
            foreach (var (entry, _) in chosen)
            {
                foreach (var role in proposal.Candidates.Where(candidate => entry.IsSame(candidate.Key)).Select(candidate => candidate.Role).Distinct())
                    KeyNotes.Belongs(entry, role, proposal.Repository);
            }
            new SignedRoots(context.Home).Add(proposal.Repository, proposal.Change);
        }
        finally
        {
            opened.ForEach(key => key.Dispose());
        }
        ProposalReport.SayProgress(context.Output, proposal);
        return Task.FromResult(Finish(context, proposal, path, "signed"));
    }

    private static Outcome Finish(CommandContext context, RootProposal proposal, string path, string outcome)
    {
        ProposalFiles.Write(path, proposal);
        context.Output.Say("Written", path);
        ProposalReport.SayNext(context.Output, proposal, path);
        ProposalReport.Result(context.Output, proposal, outcome);
        return Outcome.Verified;
    }

    // Keys that may sign and have not done so. A key in a file of its own shows what it is when it is open, so it is taken at its owner's word.
    private ImmutableArray<(KeyEntry Key, KeyPurpose Purpose)> Choose(CommandContext context, RootProposal proposal)
    {
        var candidates = proposal.Candidates.ToList();
        var given = context.Parse.GetValue(keys) ?? [];
        var entries = given.Length > 0 ? [.. context.Keyring.Find(given)] : context.Keyring.All();
        var own = entries.Where(entry => entry.Public is null && given.Length > 0 || candidates.Exists(candidate => entry.IsSame(candidate.Key))).ToImmutableArray();
        if (own.IsEmpty)
            throw NotAllowed(proposal, given.Length > 0 ? $"{string.Join(", ", entries.Select(entry => entry.Name))} may not sign this root." : "The key store has no key that may sign this root.");
        return [.. own.Where(entry => candidates.Where(candidate => entry.IsSame(candidate.Key)).ToList() is not { Count: > 0 } mine || mine.Exists(candidate => !HasSigned(proposal, candidate))).Select(entry => (entry, PurposeOf(entry, candidates)))];
    }

    private static ISigningKey Require(RootProposal proposal, KeyEntry entry, ISigningKey key)
    {
        if (proposal.Candidates.Any(candidate => candidate.Key.Scheme == key.Scheme && candidate.Key.Material.Span.SequenceEqual(key.Material.Span)))
            return key;
        key.Dispose();
        throw NotAllowed(proposal, $"{entry.Name} may not sign this root.");
    }

    private static TrustException NotAllowed(RootProposal proposal, string message) => new(TrustError.KeyNotFound, message)
    {
        Role = RoleName.Root.Value,
        Hint = $"These may: {string.Join(", ", proposal.Progress.SelectMany(progress => progress.Signed.Concat(progress.Missing)).Distinct())}. Name a key file with --key, or import it: signer key import FILE",
    };

    private static bool HasSigned(RootProposal proposal, (RoleName Role, PublicKey Key) candidate) => candidate.Role == RoleName.Root
        ? proposal.Progress.Any(progress => progress.Signed.Any(holder => holder.Id == candidate.Key.Id))
        : proposal.TargetsProgress!.Signed.Any(holder => holder.Id == candidate.Key.Id);

    private static KeyPurpose PurposeOf(KeyEntry entry, List<(RoleName Role, PublicKey Key)> candidates) =>
        candidates.Where(candidate => entry.IsSame(candidate.Key)).All(candidate => candidate.Role == RoleName.Targets) && entry.Public is not null ? KeyPurpose.Targets : KeyPurpose.Root;
}
