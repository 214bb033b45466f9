using System.Text;

namespace TrustService.Fuzz.Parsers;

/// <summary>Inputs as text. What is no UTF-8 becomes a lone surrogate, which strings of programs can hold and text cannot.</summary>
internal static class InputText
{
    public static string Of(byte[] input) => Encoding.UTF8.GetString(input).Replace('\uFFFD', '\uD800');

    public static byte[] Seed(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Fails if a parser does not read what it wrote itself as the same.</summary>
    public static void Same(string expected, string found)
    {
        if (expected != found)
            throw new InvalidOperationException($"Written and read again, \"{expected}\" became \"{found}\".");
    }
}
