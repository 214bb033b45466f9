using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace TrustService.Fuzz;

/// <summary>Puts damaged inputs through parsers, on several threads, and watches over them.</summary>
internal sealed class FuzzRun(FuzzOptions options, IReadOnlyList<ParserUnderTest> parsers, TextWriter output)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(60);

    private readonly int[] schedule = [.. Enumerable.Range(0, parsers.Max(parser => parser.Weight)).SelectMany(round => Enumerable.Range(0, parsers.Count).Where(parser => parsers[parser].Weight > round))];
    private readonly ParserTally[] tallies = [.. parsers.Select(_ => new ParserTally())];
    private readonly ConcurrentDictionary<string, string> findings = new(StringComparer.Ordinal);
    private long next;
    private long found;

    /// <summary>What was counted, by parser.</summary>
    public IEnumerable<(ParserUnderTest Parser, ParserTally Tally)> Tallies => parsers.Zip(tallies);

    /// <summary>Kinds of findings and the file with the first input of each.</summary>
    public IReadOnlyDictionary<string, string> Findings => findings;

    /// <summary>Runs all inputs.</summary>
    public void Run()
    {
        Directory.CreateDirectory(options.Findings);
        var busySince = new long[options.Jobs];
        var workers = Enumerable.Range(0, options.Jobs).Select(job => Task.Factory.StartNew(() => Work(job, busySince), TaskCreationOptions.LongRunning)).ToArray();
        var reported = Stopwatch.StartNew();
        while (!Task.WaitAll(workers, TimeSpan.FromSeconds(1)))
        {
            for (var job = 0; job < busySince.Length; job++)
            {
                if (Volatile.Read(ref busySince[job]) is var since and > 0 && Stopwatch.GetElapsedTime(since) > 3 * FuzzLimits.MaxTime)
                    throw new TimeoutException($"An input is being read without end; it is in {InFlightPath(job)}.");
            }
            if (reported.Elapsed > ReportEvery)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Math.Min(Interlocked.Read(ref next), options.Inputs)} of {options.Inputs} inputs, {found} findings, peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / (1024 * 1024)} MiB"));
                reported.Restart();
            }
        }
    }

    private string InFlightPath(int job) => Path.Combine(options.Findings, string.Create(CultureInfo.InvariantCulture, $"in-flight-{job}.input"));

    private void Work(int job, long[] busySince)
    {
        using var inFlight = new InFlightFile(InFlightPath(job));
        var mine = parsers.Select(_ => new ParserTally()).ToArray();
        while (Interlocked.Read(ref found) < options.MaxFindings && Interlocked.Increment(ref next) - 1 is var index && index < options.Inputs)
        {
            var which = schedule[index % schedule.Length];
            var parser = parsers[which];
            var input = parser.MakeInput(new Random(unchecked((int)(options.Seed + (index * 2_654_435_761L)))));
            inFlight.Set(parser.Name, input);
            Volatile.Write(ref busySince[job], Stopwatch.GetTimestamp());
            var result = FuzzCheck.Run(parser, input);
            Volatile.Write(ref busySince[job], 0);
            mine[which].Add(result);
            if (result.Finding is { } finding)
                Record(parser, input, finding);
        }
        lock (tallies)
        {
            for (var i = 0; i < mine.Length; i++)
                tallies[i].Add(mine[i]);
        }
    }

    // One file for each kind: the same exception from the same lines is the same finding.
    private void Record(ParserUnderTest parser, byte[] input, string finding)
    {
        var lines = finding.Split('\n');
        var kind = $"{parser.Name}: {lines[0].Split(':')[0]} {string.Join(' ', lines.Where(line => line.StartsWith("   at TrustService.", StringComparison.Ordinal)).Take(2).Select(line => line.Trim().Split('(')[0]))}";
        var path = Path.Combine(options.Findings, $"{parser.Name}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}.input");
        if (!findings.TryAdd(kind, path))
            return;
        Interlocked.Increment(ref found);
        new FuzzInput(parser.Name, input).Save(path);
        output.WriteLine($"FOUND by {parser.Name}, saved in {path}:\n{(finding.Length > 3000 ? finding[..3000] : finding)}");
    }
}
