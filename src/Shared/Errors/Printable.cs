using System.Globalization;

namespace TrustService.Errors;

/// <summary>
/// Makes text fit for a terminal or a log. Messages quote what a server or a file said, which may hold control sequences,
/// marks that turn the direction of writing, or a number of a million digits.
/// </summary>
internal static class Printable
{
    private const int MaxLength = 2000;

    /// <summary>The text on one line, without characters that are not seen, cut after 2000 characters.</summary>
    public static string Of(string text) => Whole(text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text);

    /// <summary>The text on one line, without characters that are not seen: for what somebody is to agree to, of which nothing may be left out.</summary>
    public static string Whole(string text) => text.Any(IsHidden) ? string.Concat(text.Select(c => IsHidden(c) ? '?' : c)) : text;

    private static bool IsHidden(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
