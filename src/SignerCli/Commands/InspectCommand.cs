using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer inspect</c>.</summary>
internal sealed class InspectCommand : SignerCommand
{
    private const int MaxShownProblems = 10;
    private const int MaxShownTags = 50;

    private readonly Argument<string> reference = new("repository") { HelpName = "REPOSITORY[:TAG]", Description = "The repository, or one tag of it" };
    private readonly Option<bool> isOffline = new("--offline") { Description = "Open no connection: show what was fetched before" };
    private readonly Option<string?> format = FormatOption();
    private readonly Option<bool> pretty = new("--pretty") { Hidden = true };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public InspectCommand(CliHost host, GlobalOptions globals)
        : base("inspect", "Show what is signed in a repository, by whom, and until when. Expired data is shown as well, marked; so are delegated roles that do not verify, which make it fail.", host, globals)
    {
        Aliases.Add("ls");
        Arguments.Add(reference);
        foreach (var option in (Option[])[trust.Root, trust.TrustPinning, trust.Tofu, trust.MetadataUrl, isOffline, format, pretty])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer inspect registry.example.com/team/app", "signer ls -o json registry.example.com/team/app:1.4.2", "signer inspect --format docker registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var asked = ImageReference.Parse(context.Parse.GetRequiredValue(reference));
        if (context.Parse.GetValue(format) is not null)
        {
            // In whatever form other results are: scripts read this one.
            context.Output.ResultText(await context.WithinTimeoutAsync(token => ReadForDockerAsync(context, asked, token), cancellationToken));
            return Outcome.Verified;
        }
        var report = await context.WithinTimeoutAsync(token => ReadAsync(context, asked, token), cancellationToken);
        Show(context.Output, report);
        report.WriteJson(context.Output);
        ShowProblems(context.Output, report.Overview.Problems);
        return report.Outcome;
    }

    private static Option<string?> FormatOption()
    {
        var option = new Option<string?>("--format") { HelpName = "docker", Description = "docker: the JSON that docker trust inspect prints" };
        option.AcceptOnlyFromAmong("docker");
        return option;
    }

    private async Task<string> ReadForDockerAsync(CommandContext context, ImageReference asked, CancellationToken cancellationToken)
    {
        using var opened = await context.OpenAsync(asked.Repository, trust, context.Parse.GetValue(isOffline), cancellationToken);
        var reading = await RepositoryReading.ReadAsync(opened, context.Now, cancellationToken);
        if (reading.Expired is { } expired)
            context.Output.Warn(expired.Message);
        var roles = await reading.Client.ReadAllRolesAsync(reading.Targets, cancellationToken);
        var found = asked.TagIsImplied
            ? await TargetListing.ReadAsync(reading.Client, reading.Targets, cancellationToken)
            : await reading.Client.FindAsync(reading.Targets, TargetNames.For(asked), cancellationToken) is { } target ? [target] : [];
        return new DockerInspection(reading.Targets, roles, found).Write(context.Parse.GetRequiredValue(reference));
    }

    private async Task<InspectReport> ReadAsync(CommandContext context, ImageReference asked, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {asked.Repository}");
        using var opened = await context.OpenAsync(asked.Repository, trust, context.Parse.GetValue(isOffline), cancellationToken);
        var path = asked.TagIsImplied ? null : TargetNames.For(asked);
        // A digest without a tag means what was signed as such, and every tag that points to it.
        var digest = asked.Tag is null ? asked.Digest?.ToString() : null;
        var overview = await RepositoryOverview.ReadAsync(opened, context.Now, digest is null ? path : null, context.Timeout * 0.75, cancellationToken);
        var (targets, all) = (overview.Reading.Targets, overview.Found);
        var report = new InspectReport(
            asked.Repository,
            RootPin.OfFile(opened.Format, targets.Snapshot.Root.Metadata.File),
            overview,
            [.. all.Where(found => path is null || found.Path == path || InspectReport.DigestOf(found) == digest)],
            [.. overview.Refused.Where(refused => path is null || refused.Path == path)],
            context.Now);
        if (path is not null && report.Targets.Count == 0 && report.Refused.Count == 0)
        {
            ShowProblems(context.Output, overview.Problems);
            throw new TrustException(TrustError.NotSigned, $"{asked.Tag ?? asked.Digest!.Short} is not signed in {asked.Repository}.")
            {
                Hint = targets.Bins is not null ? $"What is signed: signer inspect {asked.Repository}" : all.IsEmpty ? "Nothing is signed there." : $"Signed are: {string.Join(", ", all.Take(10).Select(found => found.Path))}{(all.Length > 10 ? ", …" : "")}",
            };
        }
        return report with { Pending = await ReadPendingAsync(context, asked.Repository, overview.Reading, cancellationToken) };
    }

    // A server of another kind keeps nothing, and whoever may not ask it has still read what is signed.
    private async Task<ImmutableArray<PendingReview>> ReadPendingAsync(CommandContext context, RepositoryName repository, RepositoryReading reading, CancellationToken cancellationToken)
    {
        if (context.Parse.GetValue(isOffline) || context.Parse.GetValue(trust.MetadataUrl) is not null)
            return [];
        try
        {
            var items = await new PendingChanges(context).ListAsync(repository, cancellationToken);
            return items.IsEmpty ? [] : PendingReview.Of(await PendingReview.ReadCurrentAsync(reading.Client, reading.Targets, items, cancellationToken), items);
        }
        catch (TrustException e)
        {
            context.Output.Detail($"What waits for signatures cannot be shown: {e.Message}");
            return [];
        }
    }

    private static void Show(CommandOutput output, InspectReport report)
    {
        output.Result($"Repository   {report.Repository}");
        output.Result($"Root         {report.Root.Fingerprint}");
        output.Result("");
        var roles = new TextTable("ROLE", "VERSION", "EXPIRES", "SIGNATURES", "KEYS");
        foreach (var role in report.Roles)
            roles.Add(role.Name, role.Version.ToString(CultureInfo.InvariantCulture), CommandOutput.Date(role.Expires) + (role.Expires <= report.Now ? "  EXPIRED" : ""), $"{role.Signed.Length} of {role.Threshold} needed", string.Join(", ", role.KeyIds.Select(id => id.Short)));
        foreach (var role in report.Overview.Unverified)
            roles.Add(role.Role.Value, "-", $"INVALID: {role.Refusal.Info.Title}", $"{role.Keys.Threshold} needed", string.Join(", ", role.Keys.KeyIds.Select(id => id.Short)));
        WriteTable(output, roles);
        output.Result("");
        if (report.Reading.Expired is { } expired)
            output.Warn($"{expired.Message} Verifiers refuse {(expired.Role is "root" or "timestamp" or "snapshot" or "targets" ? "everything here" : "what that role may speak for")} until that is renewed.");
        ShowTargets(output, report);
        var rules = report.Reading.Targets.Snapshot.Root.Format.Rules;
        // Clients of docker take a tag from releases, although its signer has signed it in a role of their own as well.
        var listing = report.Overview.Roles.Where(reading => report.Targets.Any(found => reading.Trusted?.Metadata.Signed.TargetFiles.ContainsKey(found.Path) == true)).Select(reading => reading.Role.Value).Union(report.Roles.Select(role => role.Name)).ToHashSet();
        var idle = report.Signers.Where(signer => !listing.Contains(signer.Role.Name.Value) && !report.Overview.Unverified.Any(role => role.Role == signer.Role.Name)).ToList();
        if (idle.Count > 0)
        {
            output.Result("");
            output.Result($"Signers without anything here: {string.Join(", ", idle.Select(signer => $"{signer.Name} ({signer.State(report.Now)})"))}");
        }
        foreach (var review in report.Pending)
        {
            output.Result("");
            foreach (var (number, line) in PendingText.Lines(review, rules, report.Now, MaxShownTags).Index())
                output.Result(number == 0 ? $"Waits for signatures: {line}" : line);
        }
    }

    private static void ShowTargets(CommandOutput output, InspectReport report)
    {
        if (report.Targets.Count == 0 && report.Refused.Count == 0)
        {
            output.Result(report.Overview.Problems.Count == 0 ? "Nothing is signed yet." : "Nothing that verifies is signed.");
            return;
        }
        var targets = new TextTable("TAG", "DIGEST", "SIGNED BY");
        foreach (var found in report.Targets)
            targets.Add(TargetNames.DigestOf(found.Path) is null ? found.Path : "(by digest)", InspectReport.DigestOf(found), $"{found.Role.Role} ({string.Join(", ", found.Role.Signers.Signed.Select(id => id.Short))})");
        foreach (var refused in report.Refused)
            targets.Add(TargetNames.DigestOf(refused.Path) is null ? refused.Path : "(by digest)", "REFUSED", report.Overview.CauseOf(refused) is { } role ? $"{role} comes first, and does not verify" : refused.Refusal.Info.Title);
        WriteTable(output, targets);
        foreach (var found in report.Targets.Where(found => found.Target.Custom is not null))
            output.Result($"{found.Path}  custom {ReadableJson.Of(found.Target.Custom!.Value)}");
        var (top, rules) = (report.Reading.Targets, report.Reading.Targets.Snapshot.Root.Format.Rules);
        if (rules.MayHaveHashBins && top.Bins is null && top.Metadata.Signed.TargetFiles.Count is var count and > HashBins.WorthwhileTargets)
            output.Notice($"Signing one of {count} targets signs and uploads all of them. With hash bins it does not: signer reshape {report.Repository} --bins {HashBins.RecommendedFor(count)}");
    }

    private static void ShowProblems(CommandOutput output, IReadOnlyList<TrustException> problems)
    {
        foreach (var problem in problems.Take(MaxShownProblems))
            output.Refuse(problem);
        if (problems.Count > MaxShownProblems)
            output.Warn($"{problems.Count - MaxShownProblems} more of that kind are not shown here.");
    }

    private static void WriteTable(CommandOutput output, TextTable table)
    {
        foreach (var line in table.Lines())
            output.Result(line);
    }
}
