using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer recover</c>.</summary>
internal sealed class RecoverCommand : SignerCommand
{
    private const string Online = "online";

    // With the zone or in UTC; the second as versions are shown.
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ssK"];

    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<string[]> stolen = new("--stolen") { HelpName = "ROLE", Description = "This key was stolen: targets, a delegated role, or online (default: what the versions tell)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> from = new("--from") { HelpName = "ROLE=VERSION", Description = "The last version of the role that its owner made, whose content is taken (default: asks)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> before = new("--before") { HelpName = "TIME", Description = "For each role that --from does not name, take the version that was the newest before this time, as 2026-11-20T09:00:00Z" };
    private readonly Option<string?> former = new("--former") { HelpName = "KEY", Description = "The key that was stolen, where the role has several" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of a new key (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly RenewalFlags renewal = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RecoverCommand(CliHost host, GlobalOptions globals)
        : base("recover", "Find out why clients refuse a repository, and bring them back: after a stolen key, after a restored backup. Says what it found and what it will do, and asks.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(repository);
        foreach (var option in (Option[])[stolen, from, before, former, type, .. renewal.All, .. trust.ForSigning])
            Options.Add(option);
        Subcommands.Add(new RecoverLostRootCommand(host, globals));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer recover registry.example.com/team/app", "signer recover --stolen targets --from targets=12 registry.example.com/team/app", "signer recover lost-root registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => [parse.GetValue(repository) ?? ""];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var results = new OwnerResults("recovered");
        await results.AddAsync(name, () => RecoverAsync(context, name, cancellationToken));
        return results.Show(context.Output);
    }

    private async Task<string?> RecoverAsync(CommandContext context, RepositoryName name, CancellationToken cancellationToken)
    {
        var current = await OwnerReading.ReadAsync(context, trust, name, readsBins: false, cancellationToken);
        if (current.Top.Metadata.Signed.Delegations?.Succinct is not null)
            current = await OwnerReading.ReadAsync(context, trust, name, readsBins: true, cancellationToken);
        var told = (context.Parse.GetValue(stolen) ?? []).ToList();
        ImmutableArray<Finding> findings =
        [
            .. RepositoryDiagnosis.Of(current),
            .. told.Select(role => new Finding(FindingKind.Stolen, role == Online ? RoleName.Timestamp : RoleArgument.Parse(role), $"You say that the key of {role} was stolen.")),
        ];
        context.Output.Say("Repository", $"{name} (root {current.Root.Version}, targets {current.Top.Metadata.Signed.Version}, snapshot {current.PublishedVersion(RoleName.Snapshot)}, timestamp {current.PublishedVersion(RoleName.Timestamp)})");
        foreach (var finding in findings)
            context.Output.Say("Found", finding.Text);
        if (findings.Any(finding => finding.Kind != FindingKind.WentBack))
            return await TakeBackAsync(context, current, [.. findings.Where(finding => finding.Kind != FindingKind.WentBack).Select(finding => finding.Role).Distinct()], cancellationToken);
        if (!findings.IsEmpty)
            return await GiveBackAsync(context, current, findings, cancellationToken);
        context.Output.Say("Found", "Nothing: the versions are plausible, and the server publishes what this machine saw or later. If a key was stolen, say which: --stolen targets");
        return null;
    }

    private async Task<string> TakeBackAsync(CommandContext context, OwnerReading current, ImmutableArray<RoleName> roles, CancellationToken cancellationToken)
    {
        using var update = new OwnerUpdate(context, current) { IsRecovery = true };
        var root = current.Root.Metadata.Signed;
        ImmutableArray<PublicKey> listed = [.. OwnerUpdate.KeysOf(root, RoleName.Root)];
        if (update.Held(listed) is var held && held.Length < root.Roles[RoleName.Root].Threshold)
            throw OwnerRoles.TooFewRootKeys(context, listed, root.Roles[RoleName.Root].Threshold, held.Length);
        var request = new KeyRotationRequest(null, context.Parse.GetValue(former), KeySchemes.Parse(context.Parse.GetRequiredValue(type)), renewal.Lifetime(context.Parse), renewal.RootLifetime(context.Parse));
        await new Recovery(context, current, request, ReadChoice(context)).PlanAsync(update, [.. roles.Where(role => role != RoleName.Snapshot && role != RoleName.Timestamp)], cancellationToken);
        context.Confirm($"Publish {update.Versions} of {current.Repository}?", renewal.IsConfirmed(context.Parse));
        await update.PublishAsync(cancellationToken);
        await OwnerRoles.ConfirmAsync(context, trust, current.Repository, cancellationToken);
        context.Output.Say("Done", "This machine verifies the repository again. Machines that sign with a former key need the new one; a machine that was broken into needs more than that.");
        return update.Versions;
    }

    private HonestChoice ReadChoice(CommandContext context)
    {
        DateTimeOffset? time = context.Parse.GetValue(before) is not { } text ? null
            : DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read) ? read
            : throw new TrustException(TrustError.Usage, $"--before is \"{text}\"; a time is needed, as 2026-11-20T09:00:00Z.");
        return new HonestChoice(ReadFrom(context), time, renewal.IsConfirmed(context.Parse));
    }

    private Dictionary<RoleName, long> ReadFrom(CommandContext context)
    {
        var versions = new Dictionary<RoleName, long>();
        foreach (var text in context.Parse.GetValue(from) ?? [])
        {
            if (text.Split('=') is not [var role, var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                throw new TrustException(TrustError.Usage, $"--from is \"{text}\"; a role and a version are needed, as targets=12.");
            versions[RoleArgument.Parse(role)] = version;
        }
        return versions;
    }

    private async Task<string> GiveBackAsync(CommandContext context, OwnerReading current, ImmutableArray<Finding> findings, CancellationToken cancellationToken)
    {
        var recovery = new Recovery(context, current, new KeyRotationRequest(null, null, SignatureScheme.Unknown, default, default), ReadChoice(context));
        var files = await recovery.LostFilesAsync(cancellationToken);
        var behind = findings.Where(finding => finding.Role == RoleName.Timestamp || finding.Role == RoleName.Snapshot)
            .Select(finding => (current.Remembered.GetValueOrDefault(finding.Role)?.Version ?? 0) - current.PublishedVersion(finding.Role)).DefaultIfEmpty(0).Max();
        var names = string.Join(", ", files.Keys);
        if (files.Count > 0)
        {
            context.Output.Say("What happens", $"The {names} that this machine has, and the server lost, are published again as they are. No key is needed.");
            context.Confirm($"Publish {names} of {current.Repository} again?", renewal.IsConfirmed(context.Parse));
            _ = await context.WithinTimeoutAsync(token => context.Servers.For(current.Format).PublishAsync(current.Repository, files, token), cancellationToken);
        }
        try
        {
            await OwnerRoles.ConfirmAsync(context, trust, current.Repository, cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.VersionRollback)
        {
            throw new TrustException(e.Error, $"{(files.Count > 0 ? $"{names} are published again, but the" : "The")} server signs snapshot and timestamp with versions that clients have seen higher.", e)
            {
                Role = e.Role,
                Hint = $"Its operator runs: TrustServer restore bump (where nothing else tells how far: --repository {current.Repository} --by {Math.Max(behind, 1)}). Then run this again.",
            };
        }
        return files.Count > 0 ? $"{names} again" : "nothing, it is well already";
    }
}
