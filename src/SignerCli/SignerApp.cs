using System.CommandLine;
using TrustService.Cli.Commands;
using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli;

/// <summary>One run of <c>signer</c>.</summary>
internal static class SignerApp
{
    private const int Interrupted = 130;

    /// <summary>Parses and runs a command line.</summary>
    /// <returns>The exit code, one of <see cref="Outcome"/>, or 130 after an interrupt.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host)
    {
        var isVerbose = arguments.Any(argument => argument is "-v" or "--verbose" or "-d" or "--debug");
        try
        {
            var exitCode = await RunCommandAsync(arguments, host);
            host.Results.Flush();
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            host.Messages.WriteLine("Interrupted.");
            return Interrupted;
        }
        catch (OutputException e)
        {
            host.Messages.WriteLine($"✗ failed     {e.Message}");
            host.Messages.WriteLine("  What the command has done stays done; only its result is lost.");
            return (int)Outcome.Failure;
        }
        catch (Exception e)
        {
            // The edge of the process: nobody above could do better than to say that this is our mistake.
            var output = new CommandOutput(host.Results, host.Messages, new OutputStyle { IsVerbose = isVerbose });
            host.Messages.WriteLine($"✗ failed     A mistake in this program stopped it ({e.GetType().Name}). Nothing was verified.");
            host.Messages.WriteLine(isVerbose ? "  Where it happened:" : "  Run it again with -v to see where, and please report it.");
            output.Details(e);
            return (int)Outcome.Failure;
        }
        finally
        {
            host.Messages.Flush();
        }
    }

    private static async Task<int> RunCommandAsync(IReadOnlyList<string> arguments, CliHost host)
    {
        if (Suggestions.Find(() => new SignerRootCommand(host, null), arguments) is { } suggestions)
        {
            host.Results.Write(suggestions);
            return (int)Outcome.Verified;
        }
        var parse = Parse(arguments, host);
        // Help and suggestions are for command lines that are not complete yet.
        if (parse.Action is { ClearsParseErrors: true } ? UsageErrors.HasUnknownCommand(parse) : UsageErrors.HasAny(parse))
            return RefuseUsage(UsageErrors.Explain(parse), arguments, host);
        return await parse.InvokeAsync(new InvocationConfiguration { Output = host.Results, Error = host.Messages, EnableDefaultExceptionHandler = false });
    }

    private static ParseResult Parse(IReadOnlyList<string> arguments, CliHost host)
    {
        // "@" starts no file of options here: what stands on the command line is the command line.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
        // A command that no word names cannot be meant. Without any, help and advice are about all of them.
        var parse = new SignerRootCommand(host, arguments).Parse(arguments, configuration);
        return parse.CommandResult.Command is SignerRootCommand || UsageErrors.HasAny(parse) ? new SignerRootCommand(host, null).Parse(arguments, configuration) : parse;
    }

    private static int RefuseUsage(TrustException error, IReadOnlyList<string> arguments, CliHost host)
    {
        // The options could not be read as a whole; the form of results is still worth keeping to.
        var isJson = arguments.Any(argument => argument is "--output=json" or "-o=json" or "-ojson") || arguments.Zip(arguments.Skip(1)).Any(pair => pair is ("-o" or "--output", "json"));
        var output = new CommandOutput(host.Results, host.Messages, new OutputStyle { Format = isJson ? OutputFormat.Json : OutputFormat.Text });
        output.Refuse(error);
        output.ResultJson(writer => writer.WriteRefusal(null, error));
        return (int)error.Info.Outcome;
    }
}
