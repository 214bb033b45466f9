using System.Text.Json;
using TrustService.LoadTool;

// LoadTool run --product P --storage S --address URL --pid N [--postgres-pid N] --seconds N --publishes N [--only TEXT] --output FILE
// LoadTool report --input FILE
// LoadTool publish --product P --address URL --repository NAME --targets N --root FILE [--key FILE]
// The first measures one running server and adds lines of JSON to a file; the second writes such a file as Markdown; the third
// publishes a repository for clients to be measured, and keeps its root for them to pin, and its targets key for them to sign.
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
        case "publish":
            await PublishAsync(options);
            return 0;
        default:
            throw new ArgumentException("The first argument is run, report or publish.");
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

static async Task PublishAsync(Arguments options)
{
    var server = new ServerUnderTest(options.Text("product"), "", new Uri(options.Text("address")), Environment.ProcessId, null);
    using var http = server.Connect();
    var repository = await server.CreateRepositoryAsync(http, options.Text("repository"), options.Number("targets"), CancellationToken.None);
    var upload = repository.First();
    using var content = new ByteArrayContent(upload.Body);
    content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(upload.ContentType);
    using var answer = await http.PostAsync(new Uri(repository.PublishPath, UriKind.Relative), content);
    answer.EnsureSuccessStatusCode();
    await File.WriteAllBytesAsync(options.Text("root"), repository.RootFile.ToArray());
    if (options.OptionalText("key") is { } key)
        await File.WriteAllTextAsync(key, repository.TargetsKeyPem());
}
