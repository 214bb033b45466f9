using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TrustService.Json;

/// <summary>Lower-case hexadecimal, both ways.</summary>
public static class Hex
{
    private static readonly SearchValues<char> LowerDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Two lower-case digits for each byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Reads hexadecimal digits of either case.</summary>
    /// <returns>False if the length is odd or a character is no digit.</returns>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 2 != 0)
            return false;
        var result = new byte[text.Length / 2];
        if (Convert.FromHexString(text, result, out _, out var written) != OperationStatus.Done || written != result.Length)
            return false;
        bytes = result;
        return true;
    }

    /// <summary>True if <paramref name="text"/> is exactly <paramref name="digits"/> lower-case hexadecimal digits.</summary>
    public static bool IsLower(string text, int digits) =>
        text.Length == digits && !text.AsSpan().ContainsAnyExcept(LowerDigits);
}
