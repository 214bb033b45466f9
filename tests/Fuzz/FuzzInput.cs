using System.Globalization;
using System.Text;

namespace TrustService.Fuzz;

/// <summary>An input with the parser that it is for, as it is saved: a line with the parser's name and the length, then the bytes.</summary>
internal sealed record FuzzInput(string Parser, byte[] Bytes)
{
    private const int MaxHeaderBytes = 128;

    /// <summary>Bytes of the largest saved input.</summary>
    public const int MaxSavedBytes = MaxHeaderBytes + Mutators.ByteMutator.MaxBytes;

    /// <summary>The first line of a saved input.</summary>
    public static byte[] Header(string parser, int length) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{parser} {length}\n"));

    public void Save(string path) => File.WriteAllBytes(path, [.. Header(Parser, Bytes.Length), .. Bytes]);

    public static FuzzInput Load(string path)
    {
        var file = File.ReadAllBytes(path);
        var end = file.AsSpan().IndexOf((byte)'\n');
        if (end < 0 || Encoding.ASCII.GetString(file, 0, end).Split(' ') is not [var parser, var length] || !int.TryParse(length, CultureInfo.InvariantCulture, out var bytes) || bytes > file.Length - end - 1)
            throw new InvalidDataException($"{path} is not a saved input: its first line must be a parser's name and a length.");
        return new FuzzInput(parser, file.AsSpan(end + 1, bytes).ToArray());
    }
}
