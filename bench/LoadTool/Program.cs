using System.Text.Json;
using TrustService.LoadTool;

// LoadTool run --product P --storage S --address URL --pid N [--postgres-pid N] --seconds N --publishes N [--only TEXT] --output FILE
// LoadTool report --input FILE
// The first measures one running server and adds lines of JSON to a file; the second writes such a file as Markdown.
try
{
    var options = new Arguments(args.AsSpan(Math.Min(1, args.Length)));
    switch (args.FirstOrDefault())
    {
        case "run":
            await RunAsync(options);
            return 0;
        case "report":
            var lines = await File.ReadAllLinesAsync(options.Text("input"));
            Console.Write(MarkdownReport.Write([.. lines.Select(line => JsonSerializer.Deserialize(line, MeasurementJsonContext.Default.Measurement)!)]));
            return 0;
        default:
            throw new ArgumentException("The first argument is run or report.");
    }
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"LoadTool: {e.Message}");
    return 2;
}

static async Task RunAsync(Arguments options)
{
    var address = new Uri(options.Text("address"));
    if (!address.IsLoopback)
        throw new ArgumentException("Only a server on this machine is put under load.");
    var server = new ServerUnderTest(options.Text("product"), options.Text("storage"), address, options.Number("pid"), options.OptionalNumber("postgres-pid"));
    await foreach (var measurement in Scenarios.RunAsync(server, options.Number("seconds"), options.Number("publishes"), options.OptionalText("only") ?? "", CancellationToken.None))
    {
        await File.AppendAllTextAsync(options.Text("output"), JsonSerializer.Serialize(measurement, MeasurementJsonContext.Default.Measurement) + "\n");
        await Console.Error.WriteLineAsync($"  {measurement.Request}: {measurement.PerSecond:0.0}/s, p50 {measurement.P50:0.00} ms, {measurement.Failed} failed");
    }
}
