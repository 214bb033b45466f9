using System.Text.Json;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>What one run of <c>signer</c> left.</summary>
/// <param name="CommandLine">The arguments, for messages.</param>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Messages">All of stderr.</param>
public sealed record SignerResult(string CommandLine, int ExitCode, string Output, string Messages)
{
    /// <summary>The one line on stdout.</summary>
    public string Line
    {
        get
        {
            Assert.True(Output.EndsWith('\n') && Output.IndexOf('\n', StringComparison.Ordinal) == Output.Length - 1, $"Not one line on stdout: {this}");
            return Output[..^1];
        }
    }

    /// <summary>stdout as JSON.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Insists on an exit code, and shows everything if it is another.</summary>
    public SignerResult Exits(int expected)
    {
        Assert.True(ExitCode == expected, $"Expected exit {expected}. {this}");
        return this;
    }

    /// <summary>Insists on a refusal: its exit code, nothing on stdout that a pipeline could pull, no stack trace, and a message that holds <paramref name="text"/>.</summary>
    public SignerResult Refuses(int expected, string text)
    {
        Exits(expected);
        Assert.True(Output.Length == 0, $"A refusal wrote to stdout. {this}");
        Assert.Contains(text, Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Messages, StringComparison.Ordinal);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"signer {CommandLine} ended with {ExitCode}\n--- stdout\n{Output}--- stderr\n{Messages}";
}
