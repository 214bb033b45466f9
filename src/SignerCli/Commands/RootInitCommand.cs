using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root init</c>: the proposal of root 1.</summary>
internal sealed class RootInitCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository, such as registry.example.com/team/app" };
    private readonly Option<string[]> holders = new("--holder") { HelpName = "NAME=KEY", Description = "A holder of a root key: name and public key (file of signer key export), once for each", Arity = ArgumentArity.OneOrMore, Required = true };
    private readonly Option<int> threshold = new("--threshold") { HelpName = "N", Description = "How many of them must sign", Required = true };
    private readonly Option<string> targetsKey = new("--targets-key") { HelpName = "KEY", Description = "The targets key: file with the public key, or a key of the key store, which signs targets 1 now", Required = true };
    private readonly Option<string[]> snapshotKeys = new("--snapshot-key") { HelpName = "FILE", Description = "Public key of the server for snapshot, to begin without a network (default: ask the server)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> timestampKeys = new("--timestamp-key") { HelpName = "FILE", Description = "Public key of the server for timestamp, likewise", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> format = TrustFlags.FormatOption("Format of the trust data: tuf, or notary for the clients of Docker Content Trust (default tuf)");
    private readonly Option<string> rootExpires = new("--root-expires") { HelpName = "TIME", Description = "How long root 1 is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long targets 1 is valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<string> outFile = new("--out") { HelpName = "FILE", Description = "Write the proposal to FILE, which must not be there yet", Required = true };

    /// <summary>Makes the command.</summary>
    public RootInitCommand(CliHost host, GlobalOptions globals)
        : base("init", "Propose the first root of a repository whose root keys several people hold. It goes round as a file until enough of them have signed it.", host, globals)
    {
        Arguments.Add(repository);
        foreach (var option in (Option[])[holders, threshold, targetsKey, snapshotKeys, timestampKeys, format, rootExpires, expires, outFile])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer root init registry.example.com/team/app --threshold 2 --holder alice=alice.pub --holder bob=bob.pub --holder carol=carol.pub --targets-key release --out root-1.proposal",
    ];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        PrivateFiles.RequireFree(context.Parse.GetRequiredValue(outFile));
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var chosen = MetadataFormats.Find(context.Parse.GetValue(format) ?? "tuf");
        var keys = new HolderKeys(context, chosen, name);
        var named = context.Parse.GetRequiredValue(holders).Select(text => HolderKeys.Split(text, "--holder")).Select(pair => (pair.Name, Key: keys.ReadRoot(pair.Key))).ToList();
        foreach (var same in named.GroupBy(holder => holder.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            throw new TrustException(TrustError.Usage, $"Two holders are called {same.Key}; each needs a name of their own.");
        PublicKeys.RequireDistinct(named.Select(holder => holder.Key));
        var targets = keys.Read(context.Parse.GetRequiredValue(targetsKey));
        var (online, keepsNames) = await context.WithinTimeoutAsync(token => OnlineAsync(context, chosen, name, token), cancellationToken);
        var root = RootEditor.First(
            new Dictionary<RoleName, RoleAssignment>
            {
                [RoleName.Root] = new([.. named.Select(holder => holder.Key)], context.Parse.GetRequiredValue(threshold)),
                [RoleName.Targets] = new([targets]),
                [RoleName.Snapshot] = new(online.Snapshot),
                [RoleName.Timestamp] = new(online.Timestamp),
            },
            context.Now + Durations.ParseLifetime(context.Parse.GetRequiredValue(rootExpires), "--root-expires"));
        var proposal = RootProposal.Create(
            chosen, name, null,
            root with
            {
                ConsistentSnapshot = chosen.Rules.ParentsNameVersions,
                Repository = name.Value,
                KeyNames = keepsNames ? named.DistinctBy(holder => holder.Key.Id).ToDictionary(holder => holder.Key.Id, holder => holder.Name) : KeyNames.None,
            },
            TargetsEditor.First(context.Now + Durations.ParseLifetime(context.Parse.GetRequiredValue(expires), "--expires")) with { Repository = name.Value },
            context.Now);
        proposal = SignTargets(context, proposal, targets);
        var path = context.Parse.GetRequiredValue(outFile);
        ProposalFiles.WriteNew(path, proposal);
        ProposalReport.Say(context.Output, proposal);
        context.Output.Say("Written", path);
        ProposalReport.SayNext(context.Output, proposal, path);
        ProposalReport.Result(context.Output, proposal, "proposed");
        return Outcome.Verified;
    }

    private async Task<((ImmutableArray<PublicKey> Snapshot, ImmutableArray<PublicKey> Timestamp) Keys, bool KeepsNames)> OnlineAsync(CommandContext context, IMetadataFormat chosen, RepositoryName name, CancellationToken cancellationToken)
    {
        var (snapshot, timestamp) = (context.Parse.GetValue(snapshotKeys) ?? [], context.Parse.GetValue(timestampKeys) ?? []);
        if (snapshot.Length > 0 != timestamp.Length > 0)
            throw new TrustException(TrustError.Usage, "--snapshot-key and --timestamp-key go together: both are given, or the server is asked for both.");
        if (snapshot.Length > 0)
        {
            var keys = new HolderKeys(context, chosen, name);
            return (([.. snapshot.Select(keys.Read)], [.. timestamp.Select(keys.Read)]), chosen.Rules.ServersKeepUnknownMembers);
        }
        var server = context.Servers.For(chosen);
        return (
            ((await server.RequestOnlineKeysAsync(chosen, name, RoleName.Snapshot, cancellationToken)).All, (await server.RequestOnlineKeysAsync(chosen, name, RoleName.Timestamp, cancellationToken)).All),
            chosen.Rules.ServersKeepUnknownMembers || await new ParkedProposals(context).AreKeptAsync(name, cancellationToken));
    }

    // Where its private half is here, targets 1 need not go round.
    private static RootProposal SignTargets(CommandContext context, RootProposal proposal, PublicKey targets)
    {
        if (context.Keys.List().FirstOrDefault(entry => entry.IsSame(targets)) is not { } own)
            return proposal;
        context.Output.Say("Targets key", $"{own.Name}  ({own.Location})");
        using var key = context.Keyring.Open(own, KeyPurpose.Targets);
        var signed = proposal.Sign([key]);
        FileKeyStore.Change(own, known => known with
        {
            Roles = known.Roles.Contains(RoleName.Targets.Value) ? known.Roles : known.Roles.Add(RoleName.Targets.Value),
            Repositories = known.Repositories.Contains(proposal.Repository.Value) ? known.Repositories : known.Repositories.Add(proposal.Repository.Value),
        });
        return signed;
    }
}
