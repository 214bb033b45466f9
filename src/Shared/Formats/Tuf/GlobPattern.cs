using System.Text;

namespace TrustService.Formats.Tuf;

/// <summary>
/// Shell-style path patterns: <c>*</c>, <c>?</c> and <c>[…]</c> stay within one path segment. Source: TUF 1.0.34 §4.5.
/// </summary>
/// <remarks>
/// Segments are compared one by one. Within a segment only the last <c>*</c> is ever tried again, so the work is at most
/// pattern length × segment length, whatever the pattern.
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
        int p = 0, t = 0, star = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p].Value == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern[p..], text[t], out var used))
            {
                p += used;
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
        while (p < pattern.Length && pattern[p].Value == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<Rune> pattern, Rune character, out int used)
    {
        used = 1;
        if (pattern[0].Value == '?')
            return true;
        if (pattern[0].Value == '[' && EndOfSet(pattern) is var end and > 0)
        {
            used = end + 1;
            return MatchesSet(pattern[1..end], character);
        }
        return pattern[0] == character;
    }

    // A "]" that comes first belongs to the set; without a closing one "[" stands for itself.
    private static int EndOfSet(ReadOnlySpan<Rune> pattern)
    {
        var start = pattern.Length > 1 && pattern[1].Value == '!' ? 3 : 2;
        for (var i = start; i < pattern.Length; i++)
        {
            if (pattern[i].Value == ']')
                return i;
        }
        return -1;
    }

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
