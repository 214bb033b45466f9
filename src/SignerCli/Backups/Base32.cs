namespace TrustService.Cli.Backups;

/// <summary>Bytes as digits and capital letters that people can tell apart and type: 5 bits each, without I, L, O and U. Source: D. Crockford, Base 32.</summary>
internal static class Base32
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Writes bytes; the last character is filled up with zeros.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++)
            text[i] = Alphabet[FiveBits(bytes, i * 5)];
        return new string(text);
    }

    /// <summary>Reads characters, small ones as well, and the left out ones as the digits that they look like.</summary>
    /// <returns>The bytes, or null if a character is none of these, or the length or the end is not that of any bytes.</returns>
    public static byte[]? TryRead(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        if (((bytes.Length * 8) + 4) / 5 != text.Length)
            return null;
        for (var i = 0; i < text.Length; i++)
        {
            var value = ValueOf(text[i]);
            if (value < 0)
                return null;
            for (var bit = 0; bit < 5; bit++)
            {
                var at = (i * 5) + bit;
                var isSet = (value >> (4 - bit) & 1) == 1;
                if (at < bytes.Length * 8)
                    bytes[at / 8] |= (byte)((isSet ? 1 : 0) << (7 - (at % 8)));
                else if (isSet)
                    return null;
            }
        }
        return bytes;
    }

    private static int FiveBits(ReadOnlySpan<byte> bytes, int start)
    {
        var value = 0;
        for (var at = start; at < start + 5; at++)
            value = (value << 1) | (at < bytes.Length * 8 ? bytes[at / 8] >> (7 - (at % 8)) & 1 : 0);
        return value;
    }

    private static int ValueOf(char character) => char.ToUpperInvariant(character) switch
    {
        'O' => 0,
        'I' or 'L' => 1,
        var capital => Alphabet.IndexOf(capital, StringComparison.Ordinal),
    };
}
