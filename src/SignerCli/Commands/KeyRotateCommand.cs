using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key rotate</c>.</summary>
internal sealed class KeyRotateCommand : SignerCommand
{
    private readonly Argument<string> role = new("role") { HelpName = "ROLE", Description = "root, targets, a delegated role, snapshot, timestamp, or online for the last two" };
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "The repositories", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> key = new("--key", "-k") { HelpName = "KEY", Description = "The new key: id, label, file or URI (default: a new one is made)" };
    private readonly Option<string?> former = new("--former") { HelpName = "KEY", Description = "The key that goes, where the role has several" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of a new key (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly Option<string?> propose = new("--propose") { HelpName = "FILE", Description = "Where root keys of others are needed: write what they have to sign to FILE (signer root sign)" };
    private readonly RenewalFlags renewal = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public KeyRotateCommand(CliHost host, GlobalOptions globals)
        : base("rotate", "Put a new key in the place of a role's key. Whatever the new key must sign is signed and published together with the new root.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(role);
        Arguments.Add(repositories);
        foreach (var option in (Option[])[key, former, type, propose, .. renewal.All, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        ["signer key rotate targets registry.example.com/team/app", "signer key rotate online registry.example.com/team/app registry.example.com/team/web", "signer key rotate root --key vault-2 registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) ?? [];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var request = new KeyRotationRequest(
            context.Parse.GetValue(key), context.Parse.GetValue(former), KeySchemes.Parse(context.Parse.GetRequiredValue(type)),
            renewal.Lifetime(context.Parse), renewal.RootLifetime(context.Parse));
        if (context.Parse.GetValue(propose) is { } file)
            PrivateFiles.RequirePlace(file);
        var results = new OwnerResults("rotated");
        foreach (var name in context.Parse.GetValue(repositories)!.Select(text => RepositoryName.Parse(text)))
            await results.AddAsync(name, () => RotateAsync(context, name, request, cancellationToken));
        return results.Show(context.Output);
    }

    private async Task<string?> RotateAsync(CommandContext context, RepositoryName name, KeyRotationRequest request, CancellationToken cancellationToken)
    {
        var asked = context.Parse.GetRequiredValue(role);
        var current = await OwnerReading.ReadAsync(context, trust, name, readsBins: asked == RoleName.Targets.Value, cancellationToken);
        context.Output.Say("Repository", $"{name} (root {current.Root.Version})");
        // Of the others no content is signed.
        if (asked is not ("root" or "snapshot" or "timestamp" or "online"))
            OwnerRoles.RequireLatest(current, context.Now, renewal.AcceptsStale(context.Parse));
        using var update = new OwnerUpdate(context, current) { AcceptsStale = renewal.AcceptsStale(context.Parse) };
        var rotation = new KeyRotation(context, current, request) { BeforeNewKey = () => Confirm(context, asked, name) };
        switch (asked)
        {
            case "root":
                RequireRootKeys(context, update, current);
                rotation.RotateRoot(update);
                break;
            case "targets":
                RequireRootKeys(context, update, current);
                rotation.RotateTargets(update, current.Top.Metadata.Signed);
                break;
            case "snapshot" or "timestamp" or "online":
                RequireRootKeys(context, update, current);
                await rotation.RotateOnlineAsync(update, asked == "online" ? [RoleName.Snapshot, RoleName.Timestamp] : [RoleArgument.Parse(asked)], cancellationToken);
                break;
            default:
                rotation.RotateDelegated(update, RoleArgument.Parse(asked), update.Next);
                break;
        }
        if (context.Parse.GetValue(propose) is { } file)
            return Propose(context, update, file);
        await update.PublishAsync(cancellationToken);
        await OwnerRoles.ConfirmAsync(context, trust, name, cancellationToken);
        return update.Versions;
    }

    // A proposal changes nothing yet.
    private void Confirm(CommandContext context, string asked, RepositoryName name)
    {
        if (context.Parse.GetValue(propose) is null)
            context.Confirm($"Put a new key in the place of {asked}'s in {name}, and publish that? The former key of {asked} counts no more then.", renewal.IsConfirmed(context.Parse));
    }

    private static string Propose(CommandContext context, OwnerUpdate update, string file)
    {
        var proposal = update.Propose();
        PrivateFiles.Replace(file, ProposalFile.Write(proposal));
        context.Output.Say("Proposal", $"{file}: {string.Join("; ", proposal.Progress.Select(progress => $"{progress.Signed.Length} of {progress.Threshold} by {progress.Place}"))}");
        context.Output.Say("Next: the other holders run signer root sign, then somebody runs signer root publish, where the new key is.");
        return $"proposal of {update.Versions} in {file}, nothing yet";
    }

    // Before a key is made that could not come into force.
    private void RequireRootKeys(CommandContext context, OwnerUpdate update, OwnerReading current)
    {
        if (context.Parse.GetValue(propose) is not null)
            return;
        var root = current.Root.Metadata.Signed;
        ImmutableArray<PublicKey> listed = [.. OwnerUpdate.KeysOf(root, RoleName.Root)];
        if (update.Held(listed) is var held && held.Length < root.Roles[RoleName.Root].Threshold)
            throw OwnerRoles.TooFewRootKeys(context, listed, root.Roles[RoleName.Root].Threshold, held.Length);
    }
}
