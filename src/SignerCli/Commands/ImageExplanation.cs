using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>Why an image is accepted or refused: what verification found, and the way to it.</summary>
/// <param name="Outcome">What verification found; it alone decides.</param>
internal sealed record ImageExplanation(VerificationOutcome Outcome)
{
    /// <summary>What anchors the trust, and the repository's format; null if nothing does.</summary>
    public string? Pin { get; init; }

    /// <summary>Root, timestamp, snapshot and targets, as far as they are accepted; expired ones as well.</summary>
    public ImmutableArray<ExplainedFile> Chain { get; init; } = [];

    /// <summary>The roles that were searched and those that were passed by.</summary>
    public ImmutableArray<SearchStep> Search { get; init; } = [];

    /// <summary>What ends the chain, or null if all of it is accepted.</summary>
    public TrustException? Stop { get; init; }

    /// <summary>Reads the way to an image, within a time of its own.</summary>
    public static async Task<ImageExplanation> ReadAsync(CommandContext context, RepositoryTrust trust, VerificationOutcome outcome, CancellationToken cancellationToken)
    {
        var explanation = new ImageExplanation(outcome) { Pin = $"{trust.Anchor.Text}, format {trust.Format.Name}" };
        try
        {
            return await context.WithinTimeoutAsync(ReadOnAsync, cancellationToken);
        }
        catch (TrustException e)
        {
            return explanation with { Stop = e };
        }

        async Task<ImageExplanation> ReadOnAsync(CancellationToken token)
        {
            var now = context.Now;
            var client = trust.StartRun(now, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
            var top = await client.RefreshAsync(token);
            var (snapshot, timestamp, root) = (top.Snapshot, top.Snapshot.Timestamp, top.Snapshot.Root);
            var names = root.Metadata.Signed.KeyNames;
            explanation = explanation with
            {
                Chain =
                [
                    ExplainedFile.Of(RoleName.Root, root.Metadata.Signed, root.Signers, names, now), ExplainedFile.Of(RoleName.Timestamp, timestamp.Metadata.Signed, timestamp.Signers, names, now),
                    ExplainedFile.Of(RoleName.Snapshot, snapshot.Metadata.Signed, snapshot.Signers, names, now), ExplainedFile.Of(RoleName.Targets, top.Metadata.Signed, top.Signers, names, now),
                ],
            };
            return explanation with { Search = await new ImageSearch(client, top, outcome.TargetPath, now).ReadAsync(token) };
        }
    }

    /// <summary>Shows it as a tree.</summary>
    public void Show(CommandOutput output)
    {
        output.Result($"{Outcome.Reference}: {(Outcome.Error is null ? "accepted" : $"refused ({Outcomes.Word(Outcome.Outcome)})")}");
        if (Pin is not null)
            output.Result($"├─ pinned   {Pin}");
        foreach (var file in Chain)
            output.Result($"├─ {(file.IsExpired ? "✗" : "✓")} {file.Text}");
        if (Stop is { } stop)
            output.Result($"├─ ✗ {stop.Role ?? "the chain"} is not accepted: {stop.Message}");
        if (!Search.IsEmpty)
            output.Result($"├─ search for {Outcome.TargetPath}");
        foreach (var step in Search)
        {
            var paths = step.Paths.IsEmpty ? "" : $" [{string.Join(", ", step.Paths)}]";
            output.Result($"│  {(step.Delegator is null ? "" : "  ")}{Mark(step.Verdict)} {step.Role}{paths} {step.Text}");
            if (step is { Delegator: not null, File: { } file })
                output.Result($"│      {file.Text}");
        }
        foreach (var check in Outcome.Checks)
            output.Result($"├─ {(check.Status == CheckStatus.Pass ? "✓" : check.Status == CheckStatus.Fail ? "✗" : "-")} check {check.Name}: {check.Detail}");
        foreach (var warning in Outcome.Warnings)
            output.Result($"├─ ! {warning}");
        output.Result(Outcome.Error is { } error ? $"└─ refused: {error.Message}{(error.Hint is { } hint ? $" {hint}" : "")}" : $"└─ safe to pull: {Outcome.Pinned}");
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("reference", Outcome.Reference.ToString());
        writer.WriteOutcome(Outcomes.Name(Outcome.Outcome), Outcome.Outcome);
        writer.WriteString("target", Outcome.TargetPath);
        if (Outcome.Pinned is { } pinned)
            writer.WriteString("pinned", pinned.ToString());
        if (Pin is not null)
            writer.WriteString("pin", Pin);
        writer.WriteStartArray("chain");
        foreach (var file in Chain)
        {
            writer.WriteStartObject();
            writer.WriteString("role", file.Role.Value);
            file.WriteMembers(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("search");
        foreach (var step in Search)
            WriteStep(writer, step);
        writer.WriteEndArray();
        if (Stop is { } stop)
            writer.WriteError(stop, "stop");
        VerificationReport.WriteChecks(writer, Outcome);
        if (Outcome.Error is { } error)
            writer.WriteError(error);
        writer.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter writer, SearchStep step)
    {
        writer.WriteStartObject();
        writer.WriteString("role", step.Role);
        if (step.Delegator is { } delegator)
            writer.WriteString("delegatedBy", delegator);
        writer.WriteTexts("paths", step.Paths);
        writer.WriteString("result", step.Verdict);
        writer.WriteString("detail", step.Text);
        step.File?.WriteMembers(writer);
        writer.WriteEndObject();
    }

    private static string Mark(string verdict) => verdict switch
    {
        "found" => "✓",
        "refused" or "not-published" => "✗",
        _ => "·",
    };
}
