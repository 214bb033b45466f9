using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer inspect</c>.</summary>
internal sealed class InspectCommand : SignerCommand
{
    private readonly Argument<string> reference = new("repository") { HelpName = "REPOSITORY[:TAG]", Description = "The repository, or one tag of it" };
    private readonly Option<bool> isOffline = new("--offline") { Description = "Open no connection: show what was fetched before" };
    private readonly Option<string?> format = FormatOption();
    private readonly Option<bool> pretty = new("--pretty") { Hidden = true };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public InspectCommand(CliHost host, GlobalOptions globals)
        : base("inspect", "Show what is signed in a repository, by whom, and until when. Expired data is shown as well, marked.", host, globals)
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
        return Outcome.Verified;
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
        return new DockerInspection(reading.Targets, roles).Write(context.Parse.GetRequiredValue(reference), asked.TagIsImplied ? null : TargetNames.For(asked));
    }

    private async Task<InspectReport> ReadAsync(CommandContext context, ImageReference asked, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {asked.Repository}");
        using var opened = await context.OpenAsync(asked.Repository, trust, context.Parse.GetValue(isOffline), cancellationToken);
        var (reading, all) = await RepositoryReading.ReadAllAsync(opened, context.Now, asked.TagIsImplied ? null : TargetNames.For(asked), cancellationToken);
        var shown = asked.TagIsImplied ? all : [.. all.Where(found => found.Path == TargetNames.For(asked))];
        if (shown.Count == 0 && !asked.TagIsImplied)
        {
            throw new TrustException(TrustError.NotSigned, $"{TargetNames.For(asked)} is not signed in {asked.Repository}.")
            {
                Hint = reading.Targets.Bins is not null ? $"What is signed: signer inspect {asked.Repository}" : all.Count == 0 ? "Nothing is signed there." : $"Signed are: {string.Join(", ", all.Take(10).Select(found => found.Path))}{(all.Count > 10 ? ", …" : "")}",
            };
        }
        return new InspectReport(asked.Repository, RootPin.OfFile(opened.Format, reading.Targets.Snapshot.Root.Metadata.File), reading, shown, context.Now)
        {
            Signers = await SignerLine.ReadAllAsync(reading.Client, reading.Targets, cancellationToken),
            Pending = await ReadPendingAsync(context, asked.Repository, reading, cancellationToken),
        };
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
        WriteTable(output, roles);
        output.Result("");
        if (report.Reading.Expired is { } expired)
            output.Warn($"{expired.Message} Verifiers refuse {(expired.Role is "root" or "timestamp" or "snapshot" or "targets" ? "everything here" : "what that role may speak for")} until that is renewed.");
        ShowTargets(output, report);
        var rules = report.Reading.Targets.Snapshot.Root.Format.Rules;
        var idle = report.Signers.Where(signer => !report.Roles.Any(role => role.Name == signer.Role.Name.Value)).ToList();
        if (idle.Count > 0)
        {
            output.Result("");
            output.Result($"Signers without anything here: {string.Join(", ", idle.Select(signer => $"{signer.Name} ({signer.State(report.Now)})"))}");
        }
        foreach (var review in report.Pending)
        {
            output.Result("");
            foreach (var (number, line) in PendingText.Lines(review, rules, report.Now).Index())
                output.Result(number == 0 ? $"Waits for signatures: {line}" : line);
        }
    }

    private static void ShowTargets(CommandOutput output, InspectReport report)
    {
        if (report.Targets.Count == 0)
        {
            output.Result("Nothing is signed yet.");
            return;
        }
        var targets = new TextTable("TAG", "DIGEST", "SIGNED BY");
        foreach (var found in report.Targets)
            targets.Add(TargetNames.DigestOf(found.Path) is null ? found.Path : "(by digest)", InspectReport.DigestOf(found), $"{found.Role.Role} ({string.Join(", ", found.Role.Signers.Signed.Select(id => id.Short))})");
        WriteTable(output, targets);
        var (top, rules) = (report.Reading.Targets, report.Reading.Targets.Snapshot.Root.Format.Rules);
        if (rules.MayHaveHashBins && top.Bins is null && top.Metadata.Signed.TargetFiles.Count is var count and > HashBins.WorthwhileTargets)
            output.Notice($"Signing one of {count} targets signs and uploads all of them. With hash bins it does not: signer reshape {report.Repository} --bins {HashBins.RecommendedFor(count)}");
    }

    private static void WriteTable(CommandOutput output, TextTable table)
    {
        foreach (var line in table.Lines())
            output.Result(line);
    }
}
