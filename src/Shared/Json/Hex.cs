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
        var result = new byte[text.Length / 2];
        bytes = Convert.FromHexString(text, result, out _, out _) == OperationStatus.Done ? result : null;
        return bytes is not null;
    }

    /// <summary>True if <paramref name="text"/> is exactly <paramref name="digits"/> lower-case hexadecimal digits.</summary>
    public static bool IsLower(string text, int digits) => text.Length == digits && !text.ContainsAnyExcept(LowerDigits);
}
