using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TrustService.Cli.Commands;

/// <summary>What shells ask for in order to complete a command line: <c>signer "[suggest:POSITION]" "LINE"</c>.</summary>
internal static partial class Suggestions
{
    /// <summary>What fits at the position of a line, one on each line; null if the arguments ask for something else.</summary>
    public static string? Find(Func<Command> makeCommand, IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 2 || Directive().Match(arguments[0]) is not { Success: true } asked)
            return null;
        var (line, position) = (arguments[1], int.Parse(asked.Groups["position"].ValueSpan, CultureInfo.InvariantCulture));
        // The first word is the program, by whatever path it was called.
        var start = line.IndexOf(' ', StringComparison.Ordinal) is var at and >= 0 ? at + 1 : line.Length;
        var rest = line[start..];
        return string.Concat(makeCommand().Parse(rest).GetCompletions(Math.Clamp(position - start, 0, rest.Length)).Select(item => item.Label + "\n"));
    }

    [GeneratedRegex(@"\A\[suggest:(?<position>[0-9]{1,6})\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
