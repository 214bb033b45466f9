using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root publish</c>: the end of a ceremony.</summary>
internal sealed class RootPublishCommand : SignerCommand
{
    private readonly Argument<string[]> files = new("file") { HelpName = "FILE", Description = "The proposal; the signatures of several copies are put together", Arity = ArgumentArity.OneOrMore };
    private readonly RenewalFlags renewal = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RootPublishCommand(CliHost host, GlobalOptions globals)
        : base("publish", "Publish a proposed root that enough holders have signed. No key is needed, unless the root changes the targets key.", host, globals)
    {
        Arguments.Add(files);
        foreach (var option in (Option[])[.. renewal.All.Where(option => option.Name != "--root-expires"), trust.Root])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root publish root-2.proposal", "signer root publish root-2.alice.proposal root-2.bob.proposal"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var proposal = ProposalFiles.Read(context.Parse.GetRequiredValue(files));
        ProposalReport.Say(context.Output, proposal);
        var published = Complete(context, proposal);
        context.Confirm($"Publish root {proposal.Proposed.Signed.Version} of {proposal.Repository}?", renewal.IsConfirmed(context.Parse));
        var anew = new List<string>();
        var isNew = proposal.Current is null
            ? await BeginAsync(context, proposal, published, cancellationToken)
            : await FollowAsync(context, proposal, anew, cancellationToken);
        await FinishAsync(context, proposal, isNew, anew, cancellationToken);
        return Outcome.Verified;
    }

    // Said with names: who is missing is what people have to know.
    private static IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> Complete(CommandContext context, RootProposal proposal)
    {
        try
        {
            return proposal.Complete(context.Now);
        }
        catch (TrustException e) when (e.Error == TrustError.ThresholdNotMet)
        {
            var lacking = proposal.Progress.Append(proposal.TargetsProgress).OfType<SigningProgress>().Where(progress => !progress.IsMet)
                .Select(progress => $"{progress.Lacking} of {string.Join(", ", progress.Missing)} by {progress.Place}");
            throw new TrustException(e.Error, $"Signatures are missing: {string.Join("; ", lacking)}.", e) { Role = e.Role, Hint = "They run signer root sign FILE; several signed copies can be published together." };
        }
    }

    private static async Task<bool> BeginAsync(CommandContext context, RootProposal proposal, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> published, CancellationToken cancellationToken)
    {
        var server = context.Servers.For(proposal.Format);
        var offered = await context.WithinTimeoutAsync(
            token => server.Metadata(proposal.Repository).FetchAsync(proposal.Format.Rules.FileName(RoleName.Root, proposal.Proposed.Signed.Version), VerificationLimits.Default.MaxRootBytes, token), cancellationToken);
        if (offered is not null && !proposal.Format.Read<Root>(offered, VerificationLimits.Default.MaxRootBytes).Payload.Span.SequenceEqual(proposal.Proposed.Payload.Span))
            throw new TrustException(TrustError.RepositoryExists, $"{proposal.Repository} has trust data already at {server.Address}, with another root.") { Hint = "A repository begins once. signer root propose changes who holds its keys." };
        if (offered is null)
        {
            context.Output.Progress($"Publishing {proposal.Repository}");
            _ = await context.WithinTimeoutAsync(token => server.PublishAsync(proposal.Repository, published, token), cancellationToken);
        }
        if (context.Roots.Find(proposal.Repository, null) is null)
            context.Roots.Save(proposal.Repository, offered ?? published[RoleName.Root].ToArray(), context.Servers.Address);
        return offered is null;
    }

    private async Task<bool> FollowAsync(CommandContext context, RootProposal proposal, List<string> anew, CancellationToken cancellationToken)
    {
        var current = await OwnerReading.ReadAsync(context, trust, proposal.Repository, readsBins: false, cancellationToken);
        var (now, next) = (current.Root.Metadata, proposal.Proposed);
        if (now.Payload.Span.SequenceEqual(next.Payload.Span))
            return false;
        if (!now.File.Span.SequenceEqual(proposal.Current!.File.Span))
        {
            throw new TrustException(TrustError.VersionMismatch, $"The proposal builds on {ProposalReport.BaseOf(proposal)}, and {RootPin.OfFile(proposal.Format, now.File).Fingerprint} is published.")
            {
                Role = RoleName.Root.Value,
                Hint = "Somebody published another root meanwhile. Propose the change again on top of it, and have it signed again.",
            };
        }
        // Hash bins have the keys of targets: a key that is replaced would go on signing images there.
        var changesBins = HashBins.FollowRoot(current.Top.Metadata.Signed.Delegations, now.Signed, next.Signed) is not null;
        if (changesBins)
            current = await OwnerReading.ReadAsync(context, trust, proposal.Repository, readsBins: true, cancellationToken);
        using var update = new OwnerUpdate(context, current) { SignedRoot = next, AcceptsStale = renewal.AcceptsStale(context.Parse) };
        // Targets that the new root's keys did not sign would be refused with it.
        if (changesBins || !SignatureThreshold.Count(current.Top.Metadata, next.Signed.Keys, next.Signed.Roles[RoleName.Targets]).IsMet)
            update.AddTargets(current.Top.Metadata.Signed, context.Now + renewal.Lifetime(context.Parse));
        anew.AddRange(SignedAnew.Lines(update, current.Format));
        if (anew.Count > 0)
        {
            context.Output.Tell("Others signed this so far. It is signed anew with the targets keys that are here:");
            foreach (var line in anew)
                context.Output.Tell("  " + line);
            context.Confirm("Sign all of this?", renewal.IsConfirmed(context.Parse));
        }
        await update.PublishAsync(cancellationToken);
        WarnOfOtherRoles(context, current.Top.Metadata.Signed.Delegations, now.Signed, next.Signed);
        return true;
    }

    // Signers have keys of their own; one who was given the targets key keeps it.
    private static void WarnOfOtherRoles(CommandContext context, Delegations? delegations, Root before, Root after)
    {
        var gone = SignerList.Of(before, RoleName.Targets).Members.ExceptBy(SignerList.Of(after, RoleName.Targets).Members.Select(key => key.Fingerprint), key => key.Fingerprint).Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);
        foreach (var role in delegations?.Roles ?? [])
        {
            if (role.RoleKeys.KeyIds.Any(id => delegations!.Keys.TryGetValue(id, out var key) && gone.Contains(key.Fingerprint)))
                context.Output.Warn($"The former targets key still signs for {role.Name}: signer key rotate {role.Name} takes it out there.");
        }
    }

    // Read back as any verifier would, before it is called done.
    private async Task FinishAsync(CommandContext context, RootProposal proposal, bool isNew, List<string> anew, CancellationToken cancellationToken)
    {
        var targets = await context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(proposal.Repository, trust, isOffline: false, token);
                return (await RepositoryReading.ReadAsync(opened, context.Now, token)).Targets;
            },
            cancellationToken);
        var root = targets.Snapshot.Root;
        var fingerprint = RootPin.OfFile(root.Format, root.Metadata.File).Fingerprint;
        context.Output.Say(isNew ? $"Published root {root.Version}, targets {targets.Metadata.Signed.Version}. {(proposal.Current is null ? "Give the fingerprint to those who verify: signer verify --root FINGERPRINT" : "Verifiers that pin an older root follow by themselves.")}" : $"Root {root.Version} is published already. Nothing was changed.");
        context.Output.Result(fingerprint);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            Output.JsonResults.WriteOutcome(writer, isNew ? "published" : "unchanged", Outcome.Verified);
            writer.WriteProposal(proposal);
            writer.WriteString("fingerprint", fingerprint);
            if (anew.Count > 0)
                Output.JsonResults.WriteTexts(writer, "signedAnew", anew);
            writer.WriteEndObject();
        });
    }
}
