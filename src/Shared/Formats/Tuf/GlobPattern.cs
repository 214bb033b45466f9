using System.Text;

namespace TrustService.Formats.Tuf;

/// <summary>
/// Shell-style path patterns: <c>*</c>, <c>?</c> and <c>[…]</c> stay within one path segment. Source: TUF 1.0.34 §4.5.
/// </summary>
/// <remarks>
/// Segments are compared one by one. A segment is read once into tokens, and only the last <c>*</c> is ever tried again, so
/// the work is at most pattern length × path length, whatever the pattern.
/// </remarks>
public static class GlobPattern
{
    /// <summary>True if the whole of <paramref name="path"/> matches.</summary>
    public static bool Matches(string pattern, string path)
    {
        var patterns = pattern.Split('/');
        var segments = path.Split('/');
        if (patterns.Length != segments.Length)
            return false;
        for (var i = 0; i < patterns.Length; i++)
        {
            if (!MatchesSegment(Runes(patterns[i]), Runes(segments[i])))
                return false;
        }
        return true;
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    private static bool MatchesSegment(ReadOnlySpan<Rune> pattern, ReadOnlySpan<Rune> text)
    {
        var tokens = Tokens(pattern);
        int p = 0, t = 0, star = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < tokens.Count && IsStar(pattern[tokens[p]]))
            {
                star = p++;
                starText = t;
            }
            else if (p < tokens.Count && MatchesOne(pattern[tokens[p]], text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }
        while (p < tokens.Count && IsStar(pattern[tokens[p]]))
            p++;
        return p == tokens.Count;
    }

    // Each token is one character of the pattern or one set with its brackets.
    private static List<Range> Tokens(ReadOnlySpan<Rune> pattern)
    {
        var tokens = new List<Range>(pattern.Length);
        var lastClosing = pattern.LastIndexOf(new Rune(']'));
        for (var i = 0; i < pattern.Length;)
        {
            var length = pattern[i].Value == '[' && i < lastClosing ? LengthOfSet(pattern[i..]) : 1;
            tokens.Add(i..(i + length));
            i += length;
        }
        return tokens;
    }

    // A "]" that comes first belongs to the set; without a closing one "[" stands for itself.
    private static int LengthOfSet(ReadOnlySpan<Rune> pattern)
    {
        var start = pattern.Length > 1 && pattern[1].Value == '!' ? 3 : 2;
        for (var i = start; i < pattern.Length; i++)
        {
            if (pattern[i].Value == ']')
                return i + 1;
        }
        return 1;
    }

    private static bool IsStar(ReadOnlySpan<Rune> token) => token[0].Value == '*';

    private static bool MatchesOne(ReadOnlySpan<Rune> token, Rune character) =>
        token.Length > 1 ? MatchesSet(token[1..^1], character) : token[0].Value == '?' || token[0] == character;

    private static bool MatchesSet(ReadOnlySpan<Rune> set, Rune character)
    {
        var negated = set[0].Value == '!';
        if (negated)
            set = set[1..];
        var found = false;
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1].Value == '-')
            {
                found |= set[i] <= character && character <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= set[i] == character;
            }
        }
        return found != negated;
    }
}
