using System.Globalization;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Cli.Output;

/// <summary>
/// Where a command speaks: results on standard output, everything for people on standard error. Text from outside never
/// steers the terminal.
/// </summary>
internal sealed class CommandOutput(TextWriter results, TextWriter messages, OutputStyle style)
{
    private const int LabelWidth = 11;
    private const string Green = "\u001b[32m";
    private const string Red = "\u001b[31m";
    private const string Yellow = "\u001b[33m";
    private const string Plain = "\u001b[0m";
    private const string EraseLine = "\r\u001b[K";

    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private bool isProgressShown;

    /// <summary>How this run shows things.</summary>
    public OutputStyle Style { get; } = style;

    /// <summary>True if results are JSON.</summary>
    public bool IsJson => Style.Format == OutputFormat.Json;

    /// <summary>A result as text; nothing if results are JSON.</summary>
    public void Result(string line)
    {
        EndProgress();
        if (IsJson)
            return;
        results.WriteLine(Printable.Text(line));
        // On a terminal both streams meet; what was said after a result has to stand after it.
        results.Flush();
    }

    /// <summary>A result as bytes, whatever the form.</summary>
    public void ResultText(string text)
    {
        EndProgress();
        results.Write(text);
    }

    /// <summary>The results as one JSON document; nothing if results are text.</summary>
    public void ResultJson(Action<Utf8JsonWriter> write)
    {
        EndProgress();
        if (IsJson)
            results.WriteLine(System.Text.Encoding.UTF8.GetString(JsonWriting.Bytes(write)));
    }

    /// <summary>A line for people; nothing with <c>-q</c>.</summary>
    public void Say(string line)
    {
        if (!Style.IsQuiet)
            Write(Printable.Text(line));
    }

    /// <summary>A line that people have to see before they agree to it; shown with <c>-q</c> as well.</summary>
    public void Tell(string line) => Write(Printable.Text(line));

    /// <summary>A line with a label before it: <c>Root key       new, …</c>.</summary>
    public void Say(string label, string line) => Say($"{label,-14} {line}");

    /// <summary>A check that holds.</summary>
    public void Pass(string check, string detail)
    {
        if (!Style.IsQuiet)
            Write($"{Coloured(Green, "✓ " + Printable.Text(check).PadRight(LabelWidth - 1))} {Printable.Text(detail)}");
    }

    /// <summary>A refusal with what to do next; shown with <c>-q</c> as well.</summary>
    public void Refuse(TrustException error)
    {
        var word = Outcomes.Word(error.Info.Outcome);
        Write($"{Coloured(Red, "✗ " + word.PadRight(LabelWidth - 1))}{(word.Length < LabelWidth ? " " : "  ")}{Printable.Text(error.Message)}");
        if (error.Hint is { } hint)
            Write("  " + Printable.Text(hint));
        Details(error.InnerException);
    }

    /// <summary>Something to look at that does not end the work; shown with <c>-q</c> as well.</summary>
    public void Warn(string line) => Write($"{Coloured(Yellow, "!")} {Printable.Text(line)}");

    /// <summary>A warning, said once.</summary>
    public void WarnOnce(string line)
    {
        if (told.Add(line))
            Warn(line);
    }

    /// <summary>Something worth knowing, said once; nothing with <c>-q</c>.</summary>
    public void Notice(string line)
    {
        if (!Style.IsQuiet && told.Add(line))
            Write("Note: " + Printable.Text(line));
    }

    /// <summary>A step of the work, said once; only with <c>-v</c>.</summary>
    public void Detail(string line)
    {
        if (Style.IsVerbose && told.Add(line))
            Write("  · " + Printable.Text(line));
    }

    /// <summary>Where an error came from; only with <c>-v</c>.</summary>
    public void Details(Exception? error)
    {
        for (; Style.IsVerbose && error is not null; error = error.InnerException)
        {
            Detail($"{error.GetType().Name}: {error.Message}");
            if (error is not TrustException && error.StackTrace is { } trace)
            {
                foreach (var line in trace.ReplaceLineEndings("\n").Split('\n'))
                    Write(Printable.Text(line));
            }
        }
    }

    /// <summary>What is being done now; only on a terminal, where the next line takes its place.</summary>
    public void Progress(string line)
    {
        if (!Style.ShowsProgress || Style.IsQuiet)
            return;
        messages.Write($"{(isProgressShown ? EraseLine : "")}{Printable.Text(line)} …");
        messages.Flush();
        isProgressShown = true;
    }

    /// <summary>Takes the line of progress back, before something else uses the terminal.</summary>
    public void EndProgress()
    {
        if (isProgressShown)
            messages.Write(EraseLine);
        isProgressShown = false;
    }

    /// <summary>A date for people, UTC.</summary>
    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private void Write(string line)
    {
        EndProgress();
        messages.WriteLine(line);
    }

    private string Coloured(string colour, string text) => Style.HasColour ? colour + text + Plain : text;
}
