using System.Text;

namespace TrustService.Fuzz.Mutators;

/// <summary>Damages tar files: a field of a header, with the header's checksum right again, or anything else.</summary>
internal sealed class TarMutator : IMutator
{
    private const int Block = 512;
    private const int ChecksumAt = 148;

    // Offset and length of the name, mode, size, time, type, link, magic and prefix of a header.
    private static readonly (int At, int Length)[] Fields = [(0, 100), (100, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 8), (345, 155)];

    private static readonly string[] Values = ["", "0", "00000000000", "00000000001", "77777777777", "-0000000001", "zzzzzzzzzzz", "../../x", "/etc/passwd", "manifest.json", "5", "1", "2", "L", "x", "g", "S", "\u0080"];

    private readonly ByteMutator bytes = new("manifest.json", "ustar", "path=", "size=", "30 size=99999999999\n", "\0\0\0\0\0\0\0\0");

    public byte[] Mutate(byte[] seed, Random random)
    {
        var tar = seed;
        for (var change = random.Next(1, 4); change > 0; change--)
            tar = random.Next(3) == 0 ? bytes.Once(tar, random) : Once(tar, random);
        return tar;
    }

    private static byte[] Once(byte[] tar, Random random)
    {
        var headers = Enumerable.Range(0, tar.Length / Block).Where(block => tar.AsSpan((block * Block) + 257, 5).SequenceEqual("ustar"u8)).ToArray();
        if (headers.Length == 0)
            return tar;
        byte[] changed = [.. tar];
        var header = changed.AsSpan(headers[random.Next(headers.Length)] * Block, Block);
        var (at, length) = Fields[random.Next(Fields.Length)];
        var field = header.Slice(at, length);
        if (random.Next(8) == 0)
        {
            // A number in base 256, as large files have it.
            field.Fill((byte)random.Next(256));
            field[0] = 0x80;
        }
        else
        {
            field.Clear();
            var value = Encoding.Latin1.GetBytes(Values[random.Next(Values.Length)]);
            value.AsSpan(0, Math.Min(value.Length, length)).CopyTo(field);
        }
        header.Slice(ChecksumAt, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var octet in header)
            sum += octet;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[ChecksumAt..]);
        return changed;
    }
}
