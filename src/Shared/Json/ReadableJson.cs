using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TrustService.Json;

/// <summary>JSON for people who decide by what they read: on one line, and nothing in it that is not seen.</summary>
/// <remarks>Nothing is lost: read as JSON, the text is the same value again.</remarks>
public static class ReadableJson
{
    /// <summary>The text of a value.</summary>
    public static string Of(JsonElement value) => Visible(Encoding.UTF8.GetString(JsonWriting.Bytes(value.WriteTo)));

    /// <summary>A text as it is if it is made of ASCII letters, digits and common marks, else in quotes: it cannot be taken for what stands around it.</summary>
    public static string Of(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || ".-_:@+/*?=".Contains(c, StringComparison.Ordinal)) ? text : Visible(Encoding.UTF8.GetString(JsonWriting.Bytes(writer => writer.WriteStringValue(text))));

    // Characters of these kinds stand in strings only: the writer puts none between values.
    private static string Visible(string json)
    {
        if (json.EnumerateRunes().All(IsVisible))
            return json;
        var shown = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            if (IsVisible(rune))
                shown.Append(rune.ToString());
            else
                foreach (var unit in rune.ToString())
                    shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
        }
        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
