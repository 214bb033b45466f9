using System.Globalization;
using System.Numerics;

namespace TrustService.Cli.Commands;

/// <summary>The order in which people read version numbers: digits compare as numbers, so that 1.10 comes after 1.9.</summary>
internal static class NaturalOrder
{
    /// <summary>Compares texts in that order.</summary>
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string one, string other)
    {
        for (var (i, j) = (0, 0); ;)
        {
            if (i == one.Length || j == other.Length)
                return (one.Length - i).CompareTo(other.Length - j) is var rest && rest != 0 ? rest : string.CompareOrdinal(one, other);
            if (char.IsAsciiDigit(one[i]) && char.IsAsciiDigit(other[j]))
            {
                var (left, right) = (Number(one, ref i), Number(other, ref j));
                if (left != right)
                    return left.CompareTo(right);
            }
            else if (one[i] != other[j])
                return one[i].CompareTo(other[j]);
            else
                (i, j) = (i + 1, j + 1);
        }
    }

    private static BigInteger Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return BigInteger.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture);
    }
}
