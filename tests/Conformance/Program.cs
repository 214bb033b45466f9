using TrustService.Conformance;
using TrustService.Errors;

// The suite asks for exit status 0 or 1 and nothing else.
try
{
    await ConformanceClient.RunAsync(Arguments.Parse(args), TimeProvider.System, CancellationToken.None);
    return 0;
}
catch (TrustException e)
{
    await Console.Error.WriteLineAsync($"{e.Info.Code}: {e.Message}");
    return 1;
}
