namespace TrustService.Testing;

/// <summary>Damages valid input in the ways that parsers meet: flipped, cut, repeated and foreign pieces.</summary>
public static class Mutation
{
    private static readonly string[] Pieces =
        ["..", "/", "//", "\\", "%2e", "\0", "\n", ":", "@", "-1", "1.0", "1e9", "null", "\"", "{", "}", "[", "]", ",", "é", "\u212A", "\uFF0E", "\uD800", " ", "=", "A"];

    /// <summary>One to four changes to <paramref name="text"/>.</summary>
    public static string Of(string text, Random random)
    {
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var from = random.Next(text.Length + 1);
            var to = random.Next(from, Math.Min(text.Length, from + 16) + 1);
            text = random.Next(4) switch
            {
                0 => text[..from] + text[to..],
                1 => text[..to] + text[from..],
                2 => text[..from] + (char)random.Next(0x20, 0x7F) + text[Math.Min(text.Length, from + 1)..],
                _ => text[..from] + Pieces[random.Next(Pieces.Length)] + text[from..],
            };
        }
        return text;
    }
}
