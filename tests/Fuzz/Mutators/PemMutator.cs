using System.Text;

namespace TrustService.Fuzz.Mutators;

/// <summary>Damages PEM: the text around the base64, the base64 itself, or the DER inside it.</summary>
internal sealed class PemMutator : IMutator
{
    private readonly ByteMutator text = new(
        "-----BEGIN ", "-----END ", "-----", "ENCRYPTED PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ED25519 PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE", "OPENSSH PRIVATE KEY",
        "Proc-Type: 4,ENCRYPTED\n", "DEK-Info: AES-256-CBC,", "DEK-Info: DES-EDE3-CBC,00", "role: root\n", "gun: x\n", "\n\n", "====");

    private readonly DerMutator der = new();

    public byte[] Mutate(byte[] seed, Random random)
    {
        if (random.Next(3) == 0 || Body(seed) is not { } body)
            return text.Mutate(seed, random);
        var (from, to) = body.GetOffsetAndLength(seed.Length) is var (start, length) ? (start, start + length) : default;
        var base64 = Encoding.ASCII.GetString(seed, from, to - from);
        var decoded = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, decoded, out var written))
            return text.Mutate(seed, random);
        return ByteMutator.Replace(seed, from, to, Encoding.ASCII.GetBytes(Convert.ToBase64String(der.Mutate(decoded[..written], random), Base64FormattingOptions.InsertLineBreaks) + "\n"));
    }

    // After the first line, and after the headers that end with an empty line.
    private static Range? Body(byte[] pem)
    {
        var begin = pem.AsSpan().LastIndexOf("-----BEGIN "u8);
        if (begin < 0)
            return null;
        var line = pem.AsSpan(begin).IndexOf((byte)'\n');
        var end = pem.AsSpan(begin).IndexOf("-----END "u8);
        if (line < 0 || end < line)
            return null;
        var headers = pem.AsSpan(begin + line, end - line).IndexOf("\n\n"u8);
        return (begin + line + 1 + (headers < 0 ? 0 : headers + 1))..(begin + end);
    }
}
