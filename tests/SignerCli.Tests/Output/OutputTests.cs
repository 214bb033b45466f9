using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Output;

public sealed class OutputTests
{
    [Theory]
    [InlineData(new[] { Outcome.Verified, Outcome.Verified }, Outcome.Verified)]
    [InlineData(new Outcome[0], Outcome.Verified)]
    [InlineData(new[] { Outcome.Verified, Outcome.Unreachable }, Outcome.Unreachable)]
    [InlineData(new[] { Outcome.Unreachable, Outcome.Unsigned }, Outcome.Unsigned)]
    [InlineData(new[] { Outcome.Unsigned, Outcome.Stale }, Outcome.Stale)]
    [InlineData(new[] { Outcome.Stale, Outcome.DigestMismatch, Outcome.Failure }, Outcome.DigestMismatch)]
    [InlineData(new[] { Outcome.DigestMismatch, Outcome.Untrusted, Outcome.Unreachable }, Outcome.Untrusted)]
    public void Worst_SeveralOutcomes_IsTheOneThatMatters(Outcome[] outcomes, Outcome expected) => Assert.Equal(expected, Outcomes.Worst(outcomes));

    [Theory]
    [InlineData("plain é ✓ 1 024", "plain é ✓ 1 024")]
    [InlineData("a\u001b[31mred", "a?[31mred")]
    [InlineData("a\rb\tc\u0007", "a?b?c?")]
    [InlineData("1.0\nSignatures     root by root 2: 3 of 3, enough", "1.0?Signatures     root by root 2: 3 of 3, enough")]
    [InlineData("a\u202Eb\u200Bc\u2028d", "a?b?c?d")]
    public void Printable_TextFromOutside_CannotSteerATerminal(string text, string expected) => Assert.Equal(expected, Printable.Text(text));

    [Fact]
    public void Output_Quiet_KeepsResultsWarningsAndRefusals()
    {
        var (results, messages) = Show(new OutputStyle { IsQuiet = true });

        Assert.Equal("result\n", results);
        Assert.Equal("! warning\n✗ untrusted  message\n  hint\n", messages);
    }

    [Fact]
    public void Output_Plain_HasNoColourAndNoProgress()
    {
        var (_, messages) = Show(new OutputStyle());

        Assert.Equal("said\nNote: notice\n✓ signed     detail\n! warning\n✗ untrusted  message\n  hint\n", messages);
    }

    [Fact]
    public void Output_Terminal_HasColourAndTakesProgressBack()
    {
        var (_, messages) = Show(new OutputStyle { HasColour = true, ShowsProgress = true });

        Assert.StartsWith("working …\r\u001b[Ksaid\n", messages, StringComparison.Ordinal);
        Assert.Contains("\u001b[32m✓ signed    \u001b[0m detail\n", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_Json_PutsNothingElseOnStandardOutput()
    {
        var (results, _) = Show(new OutputStyle { Format = OutputFormat.Json });

        Assert.Equal("[1]\n", results);
    }

    private static (string Results, string Messages) Show(OutputStyle style)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var messages = new StringWriter { NewLine = "\n" };
        var output = new CommandOutput(results, messages, style);
        output.Progress("working");
        output.Say("said");
        output.Notice("notice");
        output.Notice("notice");
        output.Pass("signed", "detail");
        output.Detail("detail");
        output.Warn("warning");
        output.Refuse(new TrustException(TrustError.ThresholdNotMet, "message") { Hint = "hint" });
        output.Result("result");
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(1);
            writer.WriteEndArray();
        });
        return (results.ToString(), messages.ToString());
    }
}
