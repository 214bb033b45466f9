using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.KeyPrograms;

/// <summary>Names a program that signs, and a key for it: <c>exec:PROGRAM</c> or <c>exec:PROGRAM?key=NAME</c>.</summary>
/// <param name="Path">Absolute path of the program.</param>
/// <param name="Key">What the program calls the key; may be empty. Never an argument: it goes to the program's input.</param>
internal sealed record ProgramUri(string Path, string Key)
{
    private const int MaxLength = 2048;
    private const string KeyMark = "?key=";

    /// <summary>Reads a URI and finds its program: an absolute path, or a name in the directories of <c>PATH</c>.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="searchPath">The value of <c>PATH</c>.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.KeyUnavailable"/>.</exception>
    public static ProgramUri Parse(string text, string? searchPath)
    {
        if (text.Length > MaxLength || text.Any(char.IsControl))
            throw new TrustException(TrustError.Usage, $"An {KeyUris.Program} reference has at most {MaxLength} characters, none of them a control character.");
        var rest = text[KeyUris.Program.Length..];
        var (program, key) = rest.IndexOf(KeyMark, StringComparison.Ordinal) is var at and >= 0 ? (rest[..at], Uri.UnescapeDataString(rest[(at + KeyMark.Length)..])) : (rest, "");
        if (program.Length == 0 || (program.Contains('/', StringComparison.Ordinal) && !System.IO.Path.IsPathFullyQualified(program)))
            throw new TrustException(TrustError.Usage, $"{text} names no program: an absolute path is needed, or the name of one in PATH.") { Hint = "It is like exec:/usr/local/bin/sign-by-vault?key=release. There is no shell in between: arguments belong into a script." };
        return new ProgramUri(System.IO.Path.IsPathFullyQualified(program) ? program : Search(program, searchPath), key);
    }

    // Only directories with full names: what lies in the current one is somebody else's choice.
    private static string Search(string name, string? searchPath) =>
        (searchPath ?? "").Split(System.IO.Path.PathSeparator).Where(System.IO.Path.IsPathFullyQualified).Select(directory => System.IO.Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new TrustException(TrustError.KeyUnavailable, $"The program {name} is in no directory of PATH.");
}
