using System.Text;

namespace TrustService.Fuzz.Mutators;

/// <summary>Damages bytes and text without knowing what they mean; <paramref name="words"/> are pieces that the format knows.</summary>
internal sealed class ByteMutator(params string[] words) : IMutator
{
    /// <summary>Bytes of an input at the most.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly byte[][] Pieces =
    [
        .. ((string[])["\0", "\n", "\r\n", " ", "/", "//", "..", "../", "\\", "%2e", "%2F", "%", "%zz", ":", "@", "?", "#", "=", "\"", "'", "{", "}", "[", "]", "<", ",", ";", "-",
            "-1", "0", "1.0", "1e9", "9223372036854775808", "null", "é", "\u212A", "\uFF0E", "\u202E", "\uFEFF", "\U0001F600", "A", "aaaaaaaa"]).Select(Encoding.UTF8.GetBytes),
        // No UTF-8: a stray continuation, an overlong slash, a surrogate, a cut sequence, bytes that never occur.
        [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0xF5], [0xFF], [0xFE, 0xFF],
    ];

    private readonly byte[][] known = [.. words.Select(Encoding.UTF8.GetBytes), .. Pieces];

    public byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed;
        for (var change = random.Next(1, 5); change > 0; change--)
            bytes = Once(bytes, random);
        return bytes;
    }

    public byte[] Once(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        var to = random.Next(from, Math.Min(bytes.Length, from + Reach(random)) + 1);
        return random.Next(8) switch
        {
            0 => [.. bytes.AsSpan(0, from), .. bytes.AsSpan(to)],
            1 => [.. bytes.AsSpan(0, to), .. bytes.AsSpan(from)],
            2 => Flip(bytes, from, random),
            3 => Replace(bytes, from, from, known[random.Next(known.Length)]),
            4 => Replace(bytes, from, to, known[random.Next(known.Length)]),
            5 => bytes[..from],
            6 => Replace(bytes, from, from, bytes.AsSpan(random.Next(from + 1)..from)),
            _ => Repeat(bytes, from, to, random),
        };
    }

    public static byte[] Replace(byte[] bytes, int from, int to, ReadOnlySpan<byte> by) =>
        bytes.Length - (to - from) + by.Length > MaxBytes ? bytes : [.. bytes.AsSpan(0, from), .. by, .. bytes.AsSpan(to)];

    /// <summary>How often to repeat something: mostly a few times, seldom as often as fits.</summary>
    public static int Times(Random random, int length) => Math.Min(MaxBytes / Math.Max(1, length), random.Next(1000) switch { 0 => 100_000, < 20 => 1000, _ => random.Next(2, 20) });

    private static int Reach(Random random) => random.Next(8) == 0 ? 4096 : 16;

    private static byte[] Flip(byte[] bytes, int at, Random random)
    {
        if (at == bytes.Length)
            return bytes;
        byte[] changed = [.. bytes];
        changed[at] = random.Next(3) switch { 0 => (byte)(bytes[at] ^ (1 << random.Next(8))), 1 => (byte)random.Next(256), _ => (byte)random.Next(0x20, 0x7F) };
        return changed;
    }

    private static byte[] Repeat(byte[] bytes, int from, int to, Random random)
    {
        var piece = to == from ? known1(random) : bytes[from..to];
        var times = Times(random, piece.Length);
        var repeated = new byte[piece.Length * times];
        for (var i = 0; i < times; i++)
            piece.CopyTo(repeated, i * piece.Length);
        return Replace(bytes, from, from, repeated);

        static byte[] known1(Random random) => Pieces[random.Next(Pieces.Length)];
    }
}
