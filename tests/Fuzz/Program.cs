using System.Diagnostics;
using TrustService.Fuzz;
using TrustService.Fuzz.Parsers;

if (FuzzOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(FuzzOptions.Help);
    return 2;
}
var parsers = AllParsers.Make();
if (options.List)
{
    foreach (var parser in parsers)
        await Console.Out.WriteLineAsync($"{parser.Name} (weight {parser.Weight}, {parser.Seeds.Length} seeds)");
    return 0;
}
if (options.Replay is { } file)
{
    var input = FuzzInput.Load(file);
    var result = FuzzCheck.Run(parsers.Single(parser => parser.Name == input.Parser), input.Bytes);
    await Console.Out.WriteLineAsync($"{input.Parser}: {result.Finding ?? result.Code ?? "read"} ({result.Time.TotalMilliseconds:0.0} ms, {result.Allocated / 1024} KiB allocated)");
    return result.Finding is null ? 0 : 1;
}
var chosen = parsers.Where(parser => parser.Name.Contains(options.Parser, StringComparison.Ordinal)).ToList();
if (chosen.Count == 0)
{
    await Console.Error.WriteLineAsync($"No parser's name contains \"{options.Parser}\"; --list prints them.");
    return 2;
}
await Console.Out.WriteLineAsync($"seed {options.Seed}, {options.Inputs} inputs for {chosen.Count} parsers");
var run = new FuzzRun(options, chosen, Console.Out);
var watch = Stopwatch.StartNew();
run.Run();
FuzzSummary.Write(run, options, watch.Elapsed, Console.Out);
return run.Findings.Count == 0 ? 0 : 1;
