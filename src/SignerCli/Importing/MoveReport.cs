using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Importing;

/// <summary>What a move kept and dropped, line by line.</summary>
/// <param name="output">Where it is shown.</param>
/// <param name="isRehearsal">True if nothing is written.</param>
internal sealed class MoveReport(CommandOutput output, bool isRehearsal)
{
    private const int ShownNameLength = 128;
    private readonly List<ReportLine> lines = [];

    /// <summary>Adds a line and shows it.</summary>
    public void Add(ReportLine line)
    {
        lines.Add(line);
        output.Result($"{WordOf(line.Fate),-8} {line.Kind,-7} {Shortened(line.Name)}{(line.Repository is { } repository ? $" of {repository}" : "")}: {line.Why}");
        if (line.Error?.Hint is { } hint)
            output.Say($"  {hint}");
    }

    /// <summary>Shows the sums, and the whole report if results are JSON.</summary>
    /// <param name="write">Writes further members of the JSON object.</param>
    public Outcome Finish(Action<Utf8JsonWriter>? write = null)
    {
        var outcome = Outcomes.Worst(lines.Select(line => line.Error?.Info.Outcome ?? Outcome.Verified));
        output.Say($"{(isRehearsal ? "Rehearsal, nothing was written: " : "")}{Count(Fate.Kept)} kept, {Count(Fate.Present)} here before, {Count(Fate.Dropped)} dropped.");
        output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteOutcome(outcome == Outcome.Verified ? "moved" : Outcomes.Name(outcome), outcome);
            writer.WriteBoolean("dryRun", isRehearsal);
            write?.Invoke(writer);
            writer.WriteStartArray("report");
            foreach (var line in lines)
                Write(writer, line);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return outcome;
    }

    private int Count(Fate fate) => lines.Count(line => line.Fate == fate);

    private static void Write(Utf8JsonWriter writer, ReportLine line)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", line.Kind);
        writer.WriteString("name", line.Name);
        if (line.Repository is { } repository)
            writer.WriteString("repository", repository.Value);
        writer.WriteString("result", WordOf(line.Fate));
        writer.WriteString("why", line.Why);
        if (line.Error is { } error)
            writer.WriteError(error);
        writer.WriteEndObject();
    }

    private static string WordOf(Fate fate) => fate switch
    {
        Fate.Kept => "kept",
        Fate.Present => "present",
        _ => "dropped",
    };

    private static string Shortened(string name) => name.Length > ShownNameLength ? name[..ShownNameLength] + "…" : name;
}
