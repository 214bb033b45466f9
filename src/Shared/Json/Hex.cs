using System.Diagnostics.CodeAnalysis;

namespace TrustService.Json;

/// <summary>Lower-case hexadecimal, both ways.</summary>
/// <remarks>
/// Written out, because the base library's code for wide registers is compiled at each start of a program, and slow until it
/// has run for long.
/// </remarks>
public static class Hex
{
    private const string Digits = "0123456789abcdef";

    /// <summary>Two lower-case digits for each byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var digits = new char[bytes.Length * 2];
        for (var i = 0; i < bytes.Length; i++)
        {
            digits[2 * i] = Digits[bytes[i] >> 4];
            digits[(2 * i) + 1] = Digits[bytes[i] & 15];
        }
        return new string(digits);
    }

    /// <summary>Reads hexadecimal digits of either case.</summary>
    /// <returns>False if the length is odd or a character is no digit.</returns>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 2 != 0)
            return false;
        var result = new byte[text.Length / 2];
        for (var i = 0; i < result.Length; i++)
        {
            var (high, low) = (ValueOf(text[2 * i]), ValueOf(text[(2 * i) + 1]));
            if ((high | low) < 0)
                return false;
            result[i] = (byte)((high << 4) | low);
        }
        bytes = result;
        return true;
    }

    /// <summary>True if <paramref name="text"/> is exactly <paramref name="digits"/> lower-case hexadecimal digits.</summary>
    public static bool IsLower(string text, int digits)
    {
        if (text.Length != digits)
            return false;
        foreach (var digit in text)
        {
            if (digit is not (>= '0' and <= '9' or >= 'a' and <= 'f'))
                return false;
        }
        return true;
    }

    private static int ValueOf(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'a' and <= 'f' => digit - 'a' + 10,
        >= 'A' and <= 'F' => digit - 'A' + 10,
        _ => -1,
    };
}
