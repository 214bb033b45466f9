using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Cli.Home;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root propose</c>: the proposal of the next root.</summary>
internal sealed class RootProposeCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<string[]> add = new("--add-holder") { HelpName = "NAME=KEY", Description = "Add a holder of a root key: name and public key", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> remove = new("--remove-holder") { HelpName = "NAME|KEYID", Description = "Remove a holder", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> replace = new("--replace-holder") { HelpName = "OLD=NEW=KEY", Description = "Put a new holder, or a new key of the same one, in the place of OLD", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> lost = new("--lost") { HelpName = "NAME|KEYID", Description = "Remove a holder whose key nobody has any more, and check that the others can still sign", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> threshold = new("--threshold") { HelpName = "N", Description = "How many holders must sign from then on" };
    private readonly Option<string?> rotateOnline = new("--rotate-online") { HelpName = "ROLE", Description = "List new online keys, which the server makes, for snapshot, timestamp or all" };
    private readonly TargetsKeyFlags targetsKeys = new();
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long the next root is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string> outFile = new("--out") { HelpName = "FILE", Description = "Write the proposal to FILE, which must not be there yet", Required = true };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RootProposeCommand(CliHost host, GlobalOptions globals)
        : base("propose", "Propose the next root: other holders, another threshold, other online or targets keys, or just a later expiry. It goes round as a file until enough holders have signed it.", host, globals)
    {
        rotateOnline.AcceptOnlyFromAmong("snapshot", "timestamp", "all");
        Arguments.Add(repository);
        foreach (var option in (Option[])[add, remove, replace, lost, threshold, rotateOnline, .. targetsKeys.All, expires, outFile, trust.Root, trust.Format])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer root propose registry.example.com/team/app --replace-holder erin=frank=frank.pub --threshold 4 --out root-2.proposal",
        "signer root propose registry.example.com/team/app --rotate-online all --out root-3.proposal",
    ];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        PrivateFiles.RequireFree(context.Parse.GetRequiredValue(outFile));
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var proposal = await context.WithinTimeoutAsync(token => ProposeAsync(context, name, token), cancellationToken);
        var path = context.Parse.GetRequiredValue(outFile);
        ProposalFiles.WriteNew(path, proposal);
        ProposalReport.Say(context.Output, proposal);
        context.Output.Say("Written", path);
        ProposalReport.SayNext(context.Output, proposal, path);
        ProposalReport.Result(context.Output, proposal, "proposed");
        return Outcome.Verified;
    }

    private async Task<RootProposal> ProposeAsync(CommandContext context, RepositoryName name, CancellationToken cancellationToken)
    {
        TrustedRoot root;
        using (var opened = await context.OpenAsync(name, trust, isOffline: false, cancellationToken))
            root = (await RepositoryReading.ReadAsync(opened, context.Now, cancellationToken)).Targets.Snapshot.Root;
        var current = root.Metadata.Signed;
        var keepsNames = root.Format.Rules.ServersKeepUnknownMembers || await new ParkedProposals(context).AreKeptAsync(name, cancellationToken);
        var change = ChangeHolders(context, root, new HolderKeys(context, root.Format, name), keepsNames);
        change = targetsKeys.Apply(context, current, new HolderKeys(context, root.Format, name), change);
        foreach (var role in (RoleName[])[RoleName.Snapshot, RoleName.Timestamp])
            change = await ChangeOnlineAsync(context, root, name, role, change, cancellationToken);
        return RootProposal.Create(root.Format, name, root.Metadata, RootEditor.Next(current, change), null, context.Now);
    }

    private RootChange ChangeHolders(CommandContext context, TrustedRoot root, HolderKeys keys, bool keepsNames)
    {
        var current = root.Metadata.Signed;
        var change = new RootChange(context.Now + Durations.ParseLifetime(context.Parse.GetRequiredValue(expires), "--expires"));
        var gone = (context.Parse.GetValue(lost) ?? []).Select(text => HolderKeys.Find(current, RoleName.Root, text)).ToList();
        ProposalRules.RequireReachable(current, gone);
        foreach (var id in gone.Concat((context.Parse.GetValue(remove) ?? []).Select(text => HolderKeys.Find(current, RoleName.Root, text))).Distinct())
            change = change.Remove(RoleName.Root, id);
        foreach (var text in context.Parse.GetValue(replace) ?? [])
        {
            var (former, rest) = HolderKeys.Split(text, "--replace-holder");
            var (name, key) = HolderKeys.Split(rest, "--replace-holder");
            change = change.Replace(RoleName.Root, HolderKeys.Find(current, RoleName.Root, former), keys.ReadRoot(key), Name(name));
        }
        foreach (var text in context.Parse.GetValue(add) ?? [])
        {
            var (name, key) = HolderKeys.Split(text, "--add-holder");
            change = change.Add(RoleName.Root, keys.ReadRoot(key), Name(name));
        }
        RequireDifferentNames(current, change);
        return context.Parse.GetValue(threshold) is { } number ? change.WithThreshold(RoleName.Root, number) : change;

        string? Name(string name) => keepsNames ? name : null;
    }

    // Online keys are the server's: only it knows which it can sign with, and which it keeps in the safe.
    private async Task<RootChange> ChangeOnlineAsync(CommandContext context, TrustedRoot root, RepositoryName name, RoleName role, RootChange change, CancellationToken cancellationToken)
    {
        var (format, server) = (root.Format, context.Servers.For(root.Format));
        if (context.Parse.GetValue(rotateOnline) is { } which && (which == "all" || which == role.Value))
            return change.Assign(role, new RoleAssignment((await server.RotateOnlineKeysAsync(format, name, role, cancellationToken)).All));
        // Its owner may hold the snapshot key, which is no business of the server then.
        if (role == RoleName.Snapshot && format.Rules.MaySnapshotBeUploaded)
            return change;
        OnlineKeySet held;
        try
        {
            held = await server.ReadOnlineKeysAsync(format, name, role, cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.KeyNotFound)
        {
            throw new TrustException(TrustError.IncompleteRoot, $"The trust server holds no key for {role} of {name}, so it could not publish under the next root.", e) { Role = role.Value, Hint = "Give --rotate-online all, which asks it for new ones." };
        }
        var listed = SignerList.Of(root.Metadata.Signed, role).Members.Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);
        ProposalRules.RequireHeld(root.Metadata.Signed, role, held.All);
        return held.Standby.All(key => listed.Contains(key.Fingerprint)) ? change : change.Assign(role, new RoleAssignment(held.All));
    }

    private static void RequireDifferentNames(Root current, RootChange change)
    {
        var next = RootEditor.Next(current, change);
        foreach (var same in KeyHolder.Of(next, RoleName.Root).Where(holder => holder.Name is not null).GroupBy(holder => holder.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            throw new TrustException(TrustError.Usage, $"Two holders would be called {same.Key}; each needs a name of their own.");
    }
}
