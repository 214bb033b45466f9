using System.CommandLine;
using System.Globalization;
using TrustService.Ceremony;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root status</c>.</summary>
internal sealed class RootStatusCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RootStatusCommand(CliHost host, GlobalOptions globals)
        : base("status", "Show who holds the root keys of a repository, how many of them must sign, and what waits for signatures.", host, globals)
    {
        Arguments.Add(repository);
        foreach (var option in trust.ForReading.Where(option => option != trust.MetadataUrl))
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root status registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var (current, proposal) = await context.WithinTimeoutAsync(
            async token =>
            {
                var found = await ParkedProposals.ReadCurrentAsync(context, name, trust, token);
                var parked = new ParkedProposals(context);
                return (found, await parked.AreKeptAsync(name, token) ? await parked.FetchAsync(name, found?.Snapshot.Root, token) : null);
            },
            cancellationToken);
        if (current is null && proposal is null)
            throw new TrustException(TrustError.RepositoryUnknown, $"Nothing is published for {name} at {context.Servers.Address}, and no proposal waits.") { Hint = $"To begin: signer init {name}, or with several holders: signer root init {name}" };
        if (current is not null)
            SayRoot(context, current.Snapshot.Root);
        if (proposal is not null)
        {
            context.Output.Say("Waiting", $"root {proposal.Proposed.Signed.Version}  ({proposal.Change[..16]}…)");
            foreach (var line in proposal.Diff.Lines().Skip(1))
                context.Output.Say("  " + line);
            ProposalReport.SayProgress(context.Output, proposal);
        }
        Write(context.Output, name, current?.Snapshot.Root, proposal);
        return Outcome.Verified;
    }

    private static void SayRoot(CommandContext context, TrustedRoot root)
    {
        var signed = root.Metadata.Signed;
        context.Output.Say("Root", string.Create(CultureInfo.InvariantCulture, $"{root.Version}, expires {CommandOutput.Date(signed.Expires)}{(signed.Expires <= context.Now ? "  EXPIRED" : "")}"));
        context.Output.Say("Fingerprint", RootPin.OfFile(root.Format, root.Metadata.File).Fingerprint);
        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp])
        {
            var holders = KeyHolder.Of(signed, role).ToList();
            var threshold = signed.Roles[role].Threshold;
            context.Output.Say(role.Value, string.Create(CultureInfo.InvariantCulture, $"{threshold} of {holders.Count} must sign: {string.Join(", ", holders)}"));
            if (role == RoleName.Root && holders.Count == threshold)
                context.Output.Warn(threshold == 1 ? "There is one root key: if it is lost, nobody can change this root again." : $"All {threshold} holders are needed: if one key is lost, nobody can change this root again.");
        }
    }

    private static void Write(CommandOutput output, RepositoryName name, TrustedRoot? root, RootProposal? proposal) => output.ResultJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteOutcome(proposal is null ? "published" : "waiting", Outcome.Verified);
        writer.WriteString("repository", name.Value);
        if (root is not null)
        {
            writer.WriteStartObject("root");
            writer.WriteNumber("version", root.Version);
            writer.WriteTime("expires", root.Metadata.Signed.Expires);
            writer.WriteString("fingerprint", RootPin.OfFile(root.Format, root.Metadata.File).Fingerprint);
            writer.WriteStartObject("roles");
            foreach (var (role, keys) in root.Metadata.Signed.Roles)
            {
                writer.WriteStartObject(role.Value);
                writer.WriteNumber("threshold", keys.Threshold);
                ProposalReport.WriteHolders(writer, "keys", KeyHolder.Of(root.Metadata.Signed, role));
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        if (proposal is not null)
        {
            writer.WriteStartObject("proposal");
            writer.WriteProposal(proposal);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    });
}
