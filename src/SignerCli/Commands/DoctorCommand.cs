using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using TrustService.Cli.Health;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer doctor</c>.</summary>
internal sealed class DoctorCommand : SignerCommand
{
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Repositories, or all below a name: registry.example.com/team/*", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> isAll = new("--all") { Description = "Every repository of the trust server for which a root is pinned here" };
    private readonly Option<string> warn = new("--warn") { HelpName = "TIME", Description = "Speak of expiries that are nearer than this (default 30d)", DefaultValueFactory = _ => "30d" };
    private readonly Option<string> critical = new("--critical") { HelpName = "TIME", Description = "Fail for expiries that are nearer than this (default 7d)", DefaultValueFactory = _ => "7d" };
    private readonly Option<bool> failsOnWarnings = new("--fail-on-warnings") { Description = "Fail for warnings too" };
    private readonly Option<bool> comparesRegistry = new("--registry") { Description = "Compare with the tags of the registry: which are not signed, which were moved" };
    private readonly Option<string?> calendar = new("--ics") { HelpName = "FILE|-", Description = "Write expiries as a calendar to FILE, or instead of the results to standard output" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public DoctorCommand(CliHost host, GlobalOptions globals)
        : base("doctor", "Look repositories over: what expires when and who must act, keys without a backup, roles without a spare key, signers who never signed, changes that wait, tags that were moved. Made for cron: with -q it prints only what somebody has to do.", host, globals)
    {
        Registry = new RegistryFlags();
        Arguments.Add(repositories);
        foreach (var option in (Option[])[isAll, warn, critical, failsOnWarnings, comparesRegistry, calendar, trust.Root, trust.TrustPinning, trust.Tofu, trust.Format, .. Registry.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer doctor registry.example.com/team/app --registry",
        "signer doctor --all -q --warn 60d",
        "signer doctor --all --ics expiries.ics",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) is { Length: > 0 } given ? given : ["*"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var windows = new HealthWindows(Durations.Parse(context.Parse.GetRequiredValue(warn), "--warn"), Durations.Parse(context.Parse.GetRequiredValue(critical), "--critical"));
        var target = context.Parse.GetValue(calendar);
        if (target is not (null or "-"))
            PrivateFiles.RequirePlace(target);
        if (target == "-" && context.Output.IsJson)
            throw new TrustException(TrustError.Usage, "--ics - and -o json both want standard output; one of them is needed.");
        var reports = new List<HealthReport>();
        var examined = await RepositoriesAsync(context, cancellationToken);
        // Before anything is examined: what is found at its server has a note of it afterwards.
        var unplaced = context.Parse.GetValue(isAll) ? Unplaced(context, examined) : [];
        foreach (var repository in examined)
            reports.Add(await ExamineAsync(context, repository, windows, cancellationToken));
        reports.AddRange(unplaced);
        var from = context.Parse.GetValue(failsOnWarnings) ? Severity.Warning : Severity.Critical;
        Show(context, reports, windows, target, from);
        return Outcomes.Worst(reports.Select(report => report.OutcomeFrom(from)));
    }

    private async Task<ImmutableArray<RepositoryName>> RepositoriesAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var given = context.Parse.GetValue(repositories) ?? [];
        if (given.Length > 0 == context.Parse.GetValue(isAll))
            throw new TrustException(TrustError.Usage, "Repositories or --all are needed, not both.");
        if (given.Length > 0)
            return await RepositoryArguments.ExpandAsync(context, given, cancellationToken);
        var listed = await context.WithinTimeoutAsync(context.Servers.Own.ListRepositoriesAsync, cancellationToken);
        ImmutableArray<RepositoryName> pinned = [.. listed.Where(repository => new RepositoryOpening(context, trust).IsPinned(repository))];
        if (pinned.Length < listed.Length && !context.Parse.GetValue(trust.Tofu))
            context.Output.Notice($"{listed.Length - pinned.Length} of {listed.Length} repositories have no root pinned here, so nothing about them can be trusted: they are left out.");
        // The list is the server's word: what is pinned and left out of it is asked for all the same.
        ImmutableArray<RepositoryName> examined = [.. (context.Parse.GetValue(trust.Tofu) ? listed : pinned).Union(context.Roots.At(context.Servers.Address))];
        return examined.Length > 0 ? examined : throw new TrustException(TrustError.Usage, $"There is nothing to look at: {context.Servers.Address} lists {listed.Length} repositories, and no root of any is pinned here.")
        {
            Hint = "Name the repositories, pin their roots in the settings, or run it as the user who has them pinned (--home, SIGNER_HOME).",
        };
    }

    // Roots that were saved without a note of their server may be of this one, which does not list them any more.
    private static List<HealthReport> Unplaced(CommandContext context, ImmutableArray<RepositoryName> examined)
    {
        var reports = new List<HealthReport>();
        foreach (var root in context.Roots.Unplaced().Where(root => !examined.Any(repository => repository.FileName == root.Key)))
        {
            if (root.Repository is not { } repository)
            {
                context.Output.Warn($"{root.Path} is a pinned root of a repository whose name and server are not known here: nobody looks at it. Run: signer doctor REPOSITORY");
                continue;
            }
            reports.Add(new HealthReport(repository, [], [new HealthFinding("server-unknown", Severity.Warning, Outcome.Failure, $"A root of {repository} is pinned here, and its server is not known: nobody looks at it.")
            {
                Advice = $"signer doctor {repository} (with --server, if it is another one) notes where it is; if nobody needs the pin: rm {root.Path}",
            }]));
        }
        return reports;
    }

    // Whatever ends it early, what was found before is kept: an outage is not to hide a refusal.
    private async Task<HealthReport> ExamineAsync(CommandContext context, RepositoryName repository, HealthWindows windows, CancellationToken cancellationToken)
    {
        var examination = new RepositoryExamination(context, windows);
        IEnumerable<HealthFinding> others = [];
        var isWhole = false;
        try
        {
            context.Output.Progress($"Looking at {repository}");
            IReadOnlyList<FoundTarget> signed = [];
            using (var opened = await context.WithinTimeoutAsync(token => context.OpenAsync(repository, trust, isOffline: false, token), cancellationToken))
            {
                var (client, targets) = await context.WithinTimeoutAsync(token => examination.ReadAsync(opened, token), cancellationToken);
                isWhole = true;
                if (context.Parse.GetValue(comparesRegistry))
                    signed = await context.WithinTimeoutAsync(token => TargetListing.ReadAsync(client, targets, token), cancellationToken);
            }
            if (context.Parse.GetValue(trust.Root) is null && context.Parse.GetValue(trust.TrustPinning) is null)
                context.Roots.NotePlace(repository, context.Servers.Address);
            // A registry may take its time; the cache, which other runs wait for, is free by then.
            if (context.Parse.GetValue(comparesRegistry))
                others = await CompareAsync(context, repository, signed, cancellationToken);
        }
        catch (TrustException e)
        {
            others = [HealthFinding.Of(e.Error == TrustError.ClockWentBack ? "clock" : "unreadable", e)];
        }
        return new HealthReport(repository, examination.Roles, [.. examination.Findings.Concat(others).OrderByDescending(finding => finding.Severity)]) { IsWhole = isWhole };
    }

    // The registry has a deadline of its own.
    private async Task<IReadOnlyList<HealthFinding>> CompareAsync(CommandContext context, RepositoryName repository, IReadOnlyList<FoundTarget> signed, CancellationToken cancellationToken)
    {
        RegistryExamination? examination = null;
        try
        {
            using var registry = Registry!.Open(context.Host, context.Parse, repository);
            examination = new RegistryExamination(registry, repository);
            await context.WithinTimeoutAsync(
                async token =>
                {
                    await examination.ReadAsync(signed, token);
                    return true;
                },
                cancellationToken);
            return [.. examination.Findings];
        }
        catch (TrustException e)
        {
            return [.. examination?.Findings ?? [], HealthFinding.Of("registry", e)];
        }
    }

    // Whoever subscribed to it would lose the events of a repository that cannot be read now.
    private static void WriteCalendar(CommandContext context, List<HealthReport> reports, string target, byte[] file)
    {
        if (reports.Find(report => !report.IsWhole) is { } unread && File.Exists(target))
        {
            context.Output.Warn($"{target} was left as it is: {unread.Repository} could not be read, and its events would be lost.");
            return;
        }
        PrivateFiles.Replace(target, file);
        context.Output.Say("Calendar", target);
    }

    private static void Show(CommandContext context, List<HealthReport> reports, HealthWindows windows, string? target, Severity from)
    {
        if (target is not null)
        {
            var file = ExpiryCalendar.Write(reports, context.Now, windows);
            if (target == "-")
            {
                context.Output.ResultText(Encoding.UTF8.GetString(file));
                return;
            }
            WriteCalendar(context, reports, target, file);
        }
        foreach (var report in reports)
            HealthOutput.Show(context.Output, report, context.Now);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var report in reports)
                HealthOutput.Write(writer, report, context.Now, report.OutcomeFrom(from));
            writer.WriteEndArray();
        });
    }
}
