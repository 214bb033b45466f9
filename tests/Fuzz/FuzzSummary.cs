using System.Diagnostics;
using System.Globalization;

namespace TrustService.Fuzz;

/// <summary>The end of a run as Markdown.</summary>
internal static class FuzzSummary
{
    public static void Write(FuzzRun run, FuzzOptions options, TimeSpan elapsed, TextWriter output)
    {
        var inputs = run.Tallies.Sum(entry => entry.Tally.Inputs);
        output.WriteLine(Invariant($"\n{inputs} inputs in {elapsed.TotalSeconds:0} s ({inputs / elapsed.TotalSeconds:0}/s), {options.Jobs} threads, seed {options.Seed}\n"));
        output.WriteLine("| parser | inputs | read | refused | slowest, ms | most allocated, KiB |");
        output.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (var (parser, tally) in run.Tallies)
            output.WriteLine(Invariant($"| {parser.Name} | {tally.Inputs} | {tally.Read} | {tally.Refusals.Values.Sum()} | {tally.Slowest.TotalMilliseconds:0.0} | {tally.MostAllocated / 1024} |"));
        var codes = run.Tallies.SelectMany(entry => entry.Tally.Refusals).GroupBy(entry => entry.Key, StringComparer.Ordinal).Select(group => (Code: group.Key, Count: group.Sum(entry => entry.Value))).OrderByDescending(entry => entry.Count);
        output.WriteLine($"\nRefusals by code: {string.Join(", ", codes.Select(entry => Invariant($"{entry.Code} {entry.Count}")))}");
        using var process = Process.GetCurrentProcess();
        output.WriteLine(Invariant($"Peak working set of the process: {process.PeakWorkingSet64 / (1024.0 * 1024):0.0} MiB; memory that the managed heap may use: {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024)} MiB"));
        output.WriteLine(run.Findings.Count == 0 ? "Nothing found." : $"{run.Findings.Count} kinds of findings:\n{string.Join('\n', run.Findings.Select(entry => $"- {entry.Key} ({entry.Value})"))}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
