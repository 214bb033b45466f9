using System.Text.Json;
using TrustService.Cli.Output;

namespace TrustService.Cli.Commands;

/// <summary>Why an image is accepted or refused: what verification found, and the way to it.</summary>
/// <param name="Outcome">What verification found; it alone decides.</param>
/// <param name="Way">The way to it.</param>
internal sealed record ImageExplanation(VerificationOutcome Outcome, ExplainedWay Way)
{
    /// <summary>Shows it as a tree.</summary>
    public void Show(CommandOutput output)
    {
        output.Result($"{Outcome.Reference}: {(Outcome.Error is null ? "accepted" : $"refused ({Outcomes.Word(Outcome.Outcome)})")}");
        if (Way.Pin is not null)
            output.Result($"├─ pinned   {Way.Pin}");
        foreach (var file in Way.Chain)
            output.Result($"├─ {(file.IsExpired ? "✗" : "✓")} {file.Text}");
        if (Way.Stop is { } stop)
            output.Result($"├─ ✗ {stop.Role ?? "the chain"} is not accepted: {stop.Message}");
        if (!Way.Search.IsEmpty)
            output.Result($"├─ search for {Outcome.TargetPath}");
        foreach (var step in Way.Search)
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
        if (Way.Pin is not null)
            writer.WriteString("pin", Way.Pin);
        writer.WriteStartArray("chain");
        foreach (var file in Way.Chain)
        {
            writer.WriteStartObject();
            writer.WriteString("role", file.Role.Value);
            file.WriteMembers(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("search");
        foreach (var step in Way.Search)
            WriteStep(writer, step);
        writer.WriteEndArray();
        if (Way.Stop is { } stop)
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
