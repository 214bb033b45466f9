using System.Globalization;

namespace TrustService.Cli.Output;

/// <summary>Makes text from outside fit for a terminal.</summary>
internal static class Printable
{
    /// <summary>
    /// The text with every character replaced that a terminal would obey or not show: control characters except line feeds,
    /// and those that change the direction or the joining of what stands around them.
    /// </summary>
    public static string Text(string text) => text.Any(MustNotShow) ? new string([.. text.Select(c => MustNotShow(c) ? '?' : c)]) : text;

    private static bool MustNotShow(char c) =>
        c != '\n' && (char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
