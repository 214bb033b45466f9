namespace TrustService.Oci;

/// <summary>Makes text from outside fit for a message: nothing that a terminal or log would obey, nothing long.</summary>
internal static class Quoted
{
    private const int MaxLength = 100;

    /// <summary>The text in quotes, printable ASCII only, cut after 100 characters.</summary>
    public static string Text(string text)
    {
        var cut = text.Length > MaxLength;
        var shown = string.Create(cut ? MaxLength : text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
        return cut ? $"'{shown}…'" : $"'{shown}'";
    }
}
