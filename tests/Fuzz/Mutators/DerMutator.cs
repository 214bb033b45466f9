using System.Buffers.Binary;

namespace TrustService.Fuzz.Mutators;

/// <summary>Damages DER: elements, tags, lengths, numbers and object identifiers, with the lengths around them right or not.</summary>
internal sealed class DerMutator : IMutator
{
    private const int MaxDepth = 16;

    // Contents of object identifiers: P-256, P-384, P-521, secp256k1, brainpoolP256r1, EC, RSA, RSA-PSS, Ed25519, X25519, DSA, PBES2, PBKDF2, scrypt, AES, HMAC.
    private static readonly byte[][] Identifiers =
    [
        .. ((string[])["2a8648ce3d030107", "2b81040022", "2b81040023", "2b8104000a", "2b2403030208010107", "2a8648ce3d0201", "2a864886f70d010101", "2a864886f70d01010a", "2b6570", "2b656e",
            "2a8648ce380401", "2a864886f70d01050d", "2a864886f70d01050c", "2b06010401da47040b", "60864801650304012a", "608648016503040102", "2a864886f70d0209", "2a864886f70d0207", "2b06010401da470f01"])
            .Select(Convert.FromHexString),
    ];

    private static readonly byte[][] Integers = [[0], [1], [2], [3], [0xFF], [0x80], [0x7F, 0xFF], [0x00, 0xFF], [0x00, 0x00, 0x01], [0x7F, 0xFF, 0xFF, 0xFF], [], [0x01, 0x00, 0x00, 0x00, 0x00]];

    private readonly ByteMutator bytes = new();

    public byte[] Mutate(byte[] seed, Random random)
    {
        var der = seed;
        for (var change = random.Next(1, 4); change > 0; change--)
            der = random.Next(5) == 0 ? bytes.Once(der, random) : Once(der, random);
        return der;
    }

    private byte[] Once(byte[] der, Random random)
    {
        var path = new List<(int Start, int Content, int End)>();
        Choose(der, 0, der.Length, path, random);
        if (path.Count == 0)
            return bytes.Once(der, random);
        var (start, content, end) = path[^1];
        var changed = Change(der, start, content, end, random);
        // The lengths around it follow, or they are a lie.
        var follows = random.Next(4) != 0;
        for (var i = path.Count - 2; i >= 0; i--)
        {
            var (outer, inner, outerEnd) = path[i];
            changed = [.. der.AsSpan(inner, start - inner), .. changed, .. der.AsSpan(end, outerEnd - end)];
            changed = follows ? Element(der[outer], changed) : [.. der.AsSpan(outer, inner - outer), .. changed];
            (start, end) = (outer, outerEnd);
        }
        return [.. der.AsSpan(0, start), .. changed, .. der.AsSpan(end)];
    }

    private byte[] Change(byte[] der, int start, int content, int end, Random random)
    {
        var tag = der[start];
        var value = der[content..end];
        switch (random.Next(10))
        {
            case 0: return [];
            case 1: return [.. der.AsSpan(start, end - start), .. der.AsSpan(start, end - start)];
            case 2: return Element((byte)random.Next(256), value);
            case 3: return [tag, .. Length(value.Length, random), .. value];
            case 4: return [tag, 0x80, .. value, 0, 0];
            case 5: return Element(tag, Integers[random.Next(Integers.Length)]);
            case 6: return Element(6, Identifiers[random.Next(Identifiers.Length)]);
            case 7: return Element(tag, [.. value, .. value.AsSpan(0, Math.Min(value.Length, random.Next(64)))]);
            case 8: return Element(tag, value[..random.Next(value.Length + 1)]);
            default: return Element(tag, bytes.Once(value, random));
        }
    }

    // Picks elements from the outside to the inside; text that holds DER in turn is gone into as well.
    private static void Choose(byte[] der, int from, int to, List<(int, int, int)> path, Random random)
    {
        var elements = new List<(int Start, int Content, int End)>();
        for (var at = from; at < to && TryElement(der, at, to, out var content, out var end); at = end)
            elements.Add((at, content, end));
        if (elements.Count == 0 || path.Count == MaxDepth)
            return;
        var chosen = elements[random.Next(elements.Count)];
        path.Add(chosen);
        var inner = der[chosen.Start] == 3 ? chosen.Content + 1 : chosen.Content;
        if (inner < chosen.End && random.Next(4) != 0 && ((der[chosen.Start] & 0x20) != 0 || der[chosen.Start] is 3 or 4) && TryElement(der, inner, chosen.End, out _, out _) && der[chosen.Start] != 3)
            Choose(der, inner, chosen.End, path, random);
    }

    private static bool TryElement(byte[] der, int at, int to, out int content, out int end)
    {
        content = end = 0;
        if (at + 2 > to)
            return false;
        int length = der[at + 1];
        content = at + 2;
        if (length > 0x80)
        {
            var count = length - 0x80;
            if (count > 3 || content + count > to)
                return false;
            length = 0;
            for (var i = 0; i < count; i++)
                length = (length << 8) | der[content++];
        }
        end = content + length;
        return length != 0x80 && end <= to;
    }

    private static byte[] Element(byte tag, byte[] value) => [tag, .. Shortest(value.Length), .. value];

    private static byte[] Shortest(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        < 0x10000 => [0x82, (byte)(length >> 8), (byte)length],
        _ => [0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };

    private static byte[] Length(int length, Random random)
    {
        var lie = random.Next(3) switch { 0 => length, 1 => length + random.Next(-3, 4), _ => random.Next() };
        var four = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, lie);
        return random.Next(4) switch
        {
            0 => [0x84, .. four],
            1 => [0x88, 0, 0, 0, 0, .. four],
            2 => [0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            _ => [(byte)lie],
        };
    }
}
