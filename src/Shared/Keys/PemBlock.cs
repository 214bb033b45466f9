using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;

namespace TrustService.Keys;

/// <summary>One PEM block with the headers that RFC 1421 allows inside it (the base library reads none).</summary>
/// <param name="Label">The words after BEGIN.</param>
/// <param name="Headers">Names and values before the base64 text; lower or mixed case as written.</param>
/// <param name="Content">The decoded bytes; whoever reads them clears them.</param>
internal sealed record PemBlock(string Label, IReadOnlyDictionary<string, string> Headers, byte[] Content)
{
    private const int MaxBlocks = 16;
    private const int MaxHeaders = 16;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    /// <summary>Every block of a file, text between blocks ignored.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/> if a block is broken.</exception>
    public static IReadOnlyList<PemBlock> ReadAll(ReadOnlySpan<byte> file)
    {
        var blocks = new List<PemBlock>();
        while (NextLine(ref file, out var line))
        {
            if (!line.StartsWith(Begin) || !line.EndsWith(Dashes) || line.Length < Begin.Length + Dashes.Length)
                continue;
            if (blocks.Count == MaxBlocks)
                throw Broken($"it holds more than {MaxBlocks} PEM blocks");
            blocks.Add(Read(Text(line[Begin.Length..^Dashes.Length]), ref file));
        }
        return blocks;
    }

    private static PemBlock Read(string label, ref ReadOnlySpan<byte> file)
    {
        var end = Encoding.ASCII.GetBytes($"-----END {label}-----");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        // Base64 is never longer than the rest of the file, and a rented array would keep the key.
        var base64 = new byte[file.Length];
        var length = 0;
        try
        {
            while (NextLine(ref file, out var line))
            {
                if (line.SequenceEqual(end))
                    return new PemBlock(label, headers, Decode(base64.AsSpan(0, length)));
                if (line.IndexOf((byte)':') is var colon and > 0 && length == 0)
                {
                    if (headers.Count == MaxHeaders || !headers.TryAdd(Text(line[..colon]), Text(line[(colon + 1)..]).Trim()))
                        throw Broken("its headers are repeated or too many");
                    continue;
                }
                line.CopyTo(base64.AsSpan(length));
                length += line.Length;
            }
            throw Broken($"the line -----END {label}----- is missing");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    private static byte[] Decode(ReadOnlySpan<byte> base64)
    {
        var content = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64, content, out _, out var written) != OperationStatus.Done || written == 0)
            throw Broken("its text is not base64");
        if (written == content.Length)
            return content;
        var exact = content[..written];
        CryptographicOperations.ZeroMemory(content);
        return exact;
    }

    private static bool NextLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (rest.IsEmpty)
            return false;
        var feed = rest.IndexOf((byte)'\n');
        line = (feed < 0 ? rest : rest[..feed]).Trim(" \t\r"u8);
        rest = feed < 0 ? default : rest[(feed + 1)..];
        return true;
    }

    // Labels and headers reach messages and terminals: printable ASCII only.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 512 || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw Broken("a label or header is not printable text");
        return Encoding.ASCII.GetString(bytes);
    }

    private static TrustException Broken(string problem) => new(TrustError.InvalidKeyFile, $"The key file cannot be used: {problem}.");
}
