using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Keys;

/// <summary>One PEM block with the headers that RFC 1421 allows inside it (the base library reads none). No refusal shows anything of the file.</summary>
/// <param name="Label">The words after BEGIN.</param>
/// <param name="Headers">Names and values before the base64 text; lower or mixed case as written.</param>
/// <param name="Content">The decoded bytes; whoever reads them clears them.</param>
internal sealed partial record PemBlock(string Label, IReadOnlyDictionary<string, string> Headers, byte[] Content)
{
    private const int MaxBlocks = 16;
    private const int MaxHeaders = 16;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    /// <summary>Every block of a file, text between blocks ignored.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/> if a block is broken.</exception>
    public static IReadOnlyList<PemBlock> ReadAll(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("\uFEFF"u8))
            throw Broken("it starts with a byte order mark", "Save it as plain text, without a byte order mark (an editor may call it BOM).");
        var blocks = new List<PemBlock>();
        while (NextLine(ref file, out var line))
        {
            if (line.IndexOf(Begin) < 0)
                continue;
            if (blocks.Count == MaxBlocks)
                throw Broken($"it holds more than {MaxBlocks} PEM blocks");
            blocks.Add(Read(LabelOf(line), ref file));
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
            throw Broken("a line -----END …----- is missing: the file is cut off, or lines of it were joined");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    // Where the line feeds are lost, the key itself follows on the same line.
    private static string LabelOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(Begin) && line.EndsWith(Dashes) && line.Length > Begin.Length + Dashes.Length && Encoding.Latin1.GetString(line[Begin.Length..^Dashes.Length]) is var label && LabelPattern().IsMatch(label))
            return label;
        throw Broken("a line that should be -----BEGIN …----- alone holds more or less than that; lost line feeds do this", "A variable of a CI service has to keep the line feeds of the file; where it cannot, have the service write a file, and name that.");
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

    // Roles and repositories in headers reach messages and terminals: printable ASCII only.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 512 || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw Broken("a header is not printable text");
        return Encoding.ASCII.GetString(bytes);
    }

    private static TrustException Broken(string problem, string? hint = null) => new(TrustError.InvalidKeyFile, $"The key file cannot be used: {problem}.") { Hint = hint };

    [GeneratedRegex(@"\A[A-Z0-9 ]{1,40}\z")]
    private static partial Regex LabelPattern();
}
