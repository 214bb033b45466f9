using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer recover lost-root</c>.</summary>
internal sealed class RecoverLostRootCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<bool> beginAnew = new("--begin-anew") { Description = "Last resort: remove the repository from the trust server and begin it again under a new root, with what is signed now" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of new keys (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly RenewalFlags renewal = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RecoverLostRootCommand(CliHost host, GlobalOptions globals)
        : base("lost-root", "Explain what still works when root keys are lost, who can help, and what is left to do.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(repository);
        foreach (var option in (Option[])[beginAnew, type, .. renewal.All, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer recover lost-root registry.example.com/team/app", "signer recover lost-root --begin-anew registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var current = await OwnerReading.ReadAsync(context, trust, name, readsBins: false, cancellationToken);
        using var update = new OwnerUpdate(context, current);
        var state = LostRootState.Of(current, listed => update.Held(listed));
        Explain(context, current, state);
        if (!context.Parse.GetValue(beginAnew))
        {
            context.Output.Result($"{name}  {state.Name}");
            context.Output.ResultJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("reference", name.Value);
                writer.WriteOutcome(state.Name, Outcome.Verified);
                writer.WriteNumber("threshold", state.Threshold);
                writer.WriteTexts("here", state.Here);
                writer.WriteTexts("elsewhere", state.Elsewhere);
                writer.WriteTime("rootExpires", current.Root.Metadata.Signed.Expires);
                writer.WriteEndObject();
            });
            return Outcome.Verified;
        }
        if (state.Name == LostRootState.Enough)
            throw new TrustException(TrustError.Usage, $"The root keys of {name} that are here suffice: nothing has to begin anew.") { Hint = $"signer key rotate root {name}" };
        var results = new OwnerResults("begun-anew");
        await results.AddAsync(name, () => BeginAnewAsync(context, current, cancellationToken));
        return results.Show(context.Output);
    }

    private static void Explain(CommandContext context, OwnerReading current, LostRootState state)
    {
        var (output, name, root) = (context.Output, current.Repository, current.Root.Metadata.Signed);
        output.Say("Repository", $"{name}, root {root.Version}: {state.Threshold} of {state.Here.Length + state.Elsewhere.Length} root keys must sign");
        output.Say("Here", state.Here.IsEmpty ? "none of them" : string.Join(", ", state.Here));
        output.Say("Not here", state.Elsewhere.IsEmpty ? "none" : string.Join(", ", state.Elsewhere));
        output.Say("Still works", root.Expires > context.Now
            ? $"signing images, verifying, delegations: until root expires on {CommandOutput.Date(root.Expires)}. Until then there is time"
            : $"nothing: root expired on {CommandOutput.Date(root.Expires)}, and verifiers refuse the repository");
        if (state.Name == LostRootState.Enough)
        {
            output.Say("To do", state.Elsewhere.IsEmpty ? "nothing: every root key is here. Keep a backup: signer key backup" : $"take the lost key out while the others can: signer key rotate root --former KEY {name}");
            return;
        }
        output.Say("First", "look for the key: a backup (signer key restore), its printed shares, an export in a safe (signer key import FILE), another machine's key store.");
        if (current.Format.Rules.RootSchemes.Length < current.Format.Rules.Schemes.Length || !current.Format.Rules.ParentsNameVersions)
            output.Say("", "Docker and Notary keep root keys in ~/.docker/trust/private and ~/.notary/private: signer import docker-trust finds them.");
        if (state.Name == LostRootState.ByOthers)
            output.Say("Others", $"{state.Threshold - state.Here.Length} more of these suffice: {string.Join(", ", state.Elsewhere)}. signer root propose takes the lost keys out, they run signer root sign, then signer root publish.");
        output.Say("Last resort", "a new root, which nobody can vouch for by the old one: signer recover lost-root --begin-anew. Every verifier must then pin the new root, as at the first time.");
    }

    private async Task<string?> BeginAnewAsync(CommandContext context, OwnerReading current, CancellationToken cancellationToken)
    {
        var name = current.Repository;
        if (current.Top.Metadata.Signed.Delegations?.Succinct is not null)
            throw new TrustException(TrustError.Usage, $"The targets of {name} are divided among hash bins, which cannot be taken along.") { Hint = "signer reshape --flat first." };
        context.Output.Warn($"The old root of {name} ends here: its history is removed from {context.Servers.Address}, and whoever pins it refuses the repository until he pins the new one.");
        context.Confirm($"Remove {name} from {context.Servers.Address}, and begin it again under a new root?", renewal.IsConfirmed(context.Parse));
        await context.WithinTimeoutAsync(
            async token =>
            {
                await context.Servers.Management.DeleteAsync(name, token);
                return true;
            },
            cancellationToken);
        // A root key that the key store still has is one of too few, or one of those that are gone: a new one is made.
        using var root = RepositoryKey.Make(context, RoleName.Root, name, KeySchemes.Parse(context.Parse.GetRequiredValue(type)));
        using var former = new OwnerUpdate(context, current);
        // Its versions go on, as far as a server lets a first one jump; else a key that nobody has seen begins with version 1.
        var targetsId = current.Top.Metadata.Signed.Version >= WriteLimits.Default.MaxVersionJump ? null : former.Held(OwnerUpdate.KeysOf(current.Root.Metadata.Signed, RoleName.Targets)).FirstOrDefault()?.Id?.Value;
        var rootId = FileKeyStore.Describe(root.Scheme, root.Material).Id.Value;
        var request = new InitRequest(current.Format, rootId, targetsId, KeySchemes.Parse(context.Parse.GetRequiredValue(type)), renewal.RootLifetime(context.Parse), renewal.Lifetime(context.Parse), IsConfirmed: true);
        var (_, fingerprint, _) = await new RepositoryInitialization(context, name, request).RunAsync(cancellationToken);
        var versions = await TakeAlongAsync(context, name, current, cancellationToken);
        context.Output.Say("Fingerprint", fingerprint);
        context.Output.Say("Verifiers", $"Each one pins the new root, told by a way that he trusts: signer verify --root {fingerprint} … or \"roots\" in config.json. A root that is saved on a machine is replaced: remove it and pin again.");
        return versions;
    }

    // What is signed now, and the roles below as they are: their keys are not lost.
    private async Task<string> TakeAlongAsync(CommandContext context, RepositoryName name, OwnerReading former, CancellationToken cancellationToken)
    {
        var begun = await OwnerReading.ReadAsync(context, trust, name, readsBins: false, cancellationToken);
        using var update = new OwnerUpdate(context, begun) { IsRecovery = true };
        var isKeyKept = OwnerUpdate.KeysOf(begun.Root.Metadata.Signed, RoleName.Targets).Any(key => OwnerUpdate.KeysOf(former.Root.Metadata.Signed, RoleName.Targets).Any(old => old.Fingerprint == key.Fingerprint));
        var content = former.Top.Metadata.Signed with { Version = (isKeyKept ? former : begun).Top.Metadata.Signed.Version, Repository = begun.Top.Metadata.Signed.Repository };
        update.Add(RoleName.Targets, TargetsEditor.Next(content, new TargetsChange(), context.Now + renewal.Lifetime(context.Parse)));
        foreach (var role in former.Delegated.Select(reading => reading.Trusted).OfType<TrustedTargets>())
            update.AddFile(role.Role, role.Metadata.File);
        await update.PublishAsync(cancellationToken);
        return $"root 1, {update.Versions}";
    }
}
