using System.Globalization;

namespace TrustService.Cli.Output;

/// <summary>Makes text from outside fit for a terminal.</summary>
internal static class Printable
{
    /// <summary>
    /// The text on one line, with every character replaced that a terminal would obey or not show: control characters, line feeds
    /// among them, and those that change the direction or the joining of what stands around them. A line that text from outside could
    /// begin would be taken for one of this program.
    /// </summary>
    public static string Text(string text) => text.Any(MustNotShow) ? new string([.. text.Select(c => MustNotShow(c) ? '?' : c)]) : text;

    private static bool MustNotShow(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
