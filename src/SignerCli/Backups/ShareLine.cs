using System.Security.Cryptography;
using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Cli.Backups;

/// <summary>A line of a printed share: <c>2.1  7ZQK 0F3M … 9XTA</c>. The last group checks the others, and the two numbers.</summary>
/// <param name="Share">Number of the share.</param>
/// <param name="Line">Number of the line in it, 1 and up.</param>
/// <param name="Bytes">What it holds.</param>
internal sealed partial record ShareLine(int Share, int Line, byte[] Bytes)
{
    /// <summary>Bytes of every line but the last: 24 characters.</summary>
    public const int FullBytes = 15;

    private const int GroupLength = 4;
    private const int MaxLength = 200;

    /// <summary>Reads a line that a person may have typed: spaces, dashes and small letters do not matter.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/>, naming share and line if they can be read.</exception>
    public static ShareLine Parse(string text)
    {
        if (text.Length > MaxLength || Pattern().Match(text) is not { Success: true } match)
            throw new TrustException(TrustError.InvalidBackup, "That is no line of a share.") { Hint = "A line is like: 2.1  7ZQK 0F3M 91VD …" };
        var share = int.Parse(match.Groups["share"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        var line = int.Parse(match.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        var characters = string.Concat(match.Groups["data"].Value.Where(char.IsLetterOrDigit)).ToUpperInvariant().Replace('O', '0').Replace('I', '1').Replace('L', '1');
        if (characters.Length <= GroupLength || Base32.TryRead(characters.AsSpan(..^GroupLength)) is not { Length: > 0 and <= FullBytes } bytes || CheckOf(share, line, bytes) != characters[^GroupLength..])
            throw new TrustException(TrustError.InvalidBackup, $"Line {line} of share {share} is mistyped.") { Hint = "Compare it with the paper, character by character. There is no I, L, O or U in it." };
        return new ShareLine(share, line, bytes);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var characters = Base32.Write(Bytes);
        return $"{Share}.{Line}  {string.Join(' ', characters.Chunk(GroupLength).Select(group => new string(group)))}  {CheckOf(Share, Line, Bytes)}";
    }

    // Twenty bits: one mistyped line in a million would pass, and then the checksum of the share finds it.
    private static string CheckOf(int share, int line, ReadOnlySpan<byte> bytes) => Base32.Write(SHA256.HashData([(byte)share, (byte)(line >> 8), (byte)line, .. bytes]))[..GroupLength];

    [GeneratedRegex(@"\A\s*(?<share>[0-9]{1,3})\s*\.\s*(?<line>[0-9]{1,3})[\s:]\s*(?<data>[0-9A-Za-z \t-]+)\s*\z")]
    private static partial Regex Pattern();
}
