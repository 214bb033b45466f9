using System.Diagnostics.CodeAnalysis;

namespace TrustService.Formats.Notary;

/// <summary>Base64 as Notary writes it: the standard alphabet with padding, nothing between.</summary>
internal static class Base64Text
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>False for any text that would not be written again as it stands: two texts must not name one key.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var buffer = new byte[((text.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var written) || Encode(buffer.AsSpan(0, written)) != text)
            return false;
        bytes = buffer[..written];
        return true;
    }

    public static byte[]? Decode(string text) => TryDecode(text, out var bytes) ? bytes : null;
}
