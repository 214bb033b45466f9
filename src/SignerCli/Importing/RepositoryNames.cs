using System.Text;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Oci;

namespace TrustService.Cli.Importing;

/// <summary>The repositories that a command names: as arguments, or one on each line of a file.</summary>
internal static class RepositoryNames
{
    private const int MaxFileBytes = 16 * 1024 * 1024;

    /// <summary>Reads them, each once, in their order.</summary>
    /// <param name="arguments">The arguments; none to read the file alone.</param>
    /// <param name="file">The file, or null. Empty lines and those that begin with # are passed over.</param>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/>, <see cref="TrustError.LocalFile"/>, or <see cref="TrustError.Usage"/> if there is none.</exception>
    public static IReadOnlyList<RepositoryName> Read(IEnumerable<string> arguments, string? file)
    {
        var lines = file is null ? [] : Encoding.UTF8.GetString(PrivateFiles.Read(file, MaxFileBytes)).Split('\n');
        IReadOnlyList<RepositoryName> names = [.. arguments.Concat(lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')).Select(Gun.Parse).Distinct()];
        return names.Count > 0
            ? names
            : throw new TrustException(TrustError.Usage, "No repository is named.") { Hint = "Name them as arguments, or one on each line of a file: --all-from FILE" };
    }
}
