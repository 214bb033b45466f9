using TrustService.Cli.Home;
using TrustService.Errors;

namespace TrustService.Cli.Importing;

/// <summary>
/// The directory in which the clients of Docker Content Trust and Notary keep keys and trust data: <c>private/</c> and
/// <c>tuf/REPOSITORY/metadata/</c>. It is only ever read.
/// </summary>
/// <param name="Path">The directory that holds <c>private</c> and <c>tuf</c>.</param>
internal sealed record DockerTrustDirectory(string Path)
{
    private const int MaxFiles = 20_000;
    private const int MaxDepth = 32;
    private const string Keys = "private";
    private const string TrustData = "tuf";

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    /// <summary>Finds it in, or around, the directory that somebody named.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if it is no such directory.</exception>
    public static DockerTrustDirectory Find(string given)
    {
        string[] places = [given, System.IO.Path.Combine(given, "trust"), System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(given)) ?? given];
        var found = places.FirstOrDefault(place => Directory.Exists(System.IO.Path.Combine(place, Keys)) || Directory.Exists(System.IO.Path.Combine(place, TrustData)));
        return found is not null && Directory.Exists(given)
            ? new DockerTrustDirectory(System.IO.Path.GetFullPath(found))
            : throw new TrustException(TrustError.Usage, $"{given} is no directory of Docker Content Trust or Notary: it holds neither {Keys} nor {TrustData}.")
            {
                Hint = "Name the directory with --from; docker's is ~/.docker/trust, that of notary is ~/.notary or what its configuration calls trust_dir.",
            };
    }

    /// <summary>Every file below <c>private</c>, in the order of their names.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.TooLarge"/>.</exception>
    public IReadOnlyList<string> KeyFiles() => Files(System.IO.Path.Combine(Path, Keys), "*");

    /// <summary>The repositories with trust data, by the names of their directories.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.TooLarge"/>.</exception>
    public IReadOnlyList<string> Repositories()
    {
        var top = System.IO.Path.Combine(Path, TrustData);
        return [.. Files(top, "root.json")
            .Select(file => System.IO.Path.GetRelativePath(top, System.IO.Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Where(directory => directory.EndsWith("/metadata", StringComparison.Ordinal))
            .Select(directory => directory[..^"/metadata".Length])];
    }

    /// <summary>Changes that a client staged for a repository and did not publish.</summary>
    public IReadOnlyList<string> StagedChanges(string repository) => Files(System.IO.Path.Combine(Path, TrustData, repository, "changelist"), "*.change");

    /// <summary>The cached metadata file of a role, or null.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.TooLarge"/>.</exception>
    public byte[]? ReadMetadata(string repository, string role, int maxBytes)
    {
        var file = System.IO.Path.Combine(Path, TrustData, repository, "metadata", role + ".json");
        return File.Exists(file) ? PrivateFiles.Read(file, maxBytes) : null;
    }

    private static List<string> Files(string directory, string pattern)
    {
        if (!Directory.Exists(directory))
            return [];
        try
        {
            var files = Directory.EnumerateFiles(directory, pattern, Everything).Take(MaxFiles + 1).Order(StringComparer.Ordinal).ToList();
            return files.Count <= MaxFiles ? files : throw new TrustException(TrustError.LocalFile, $"{directory} has more than {MaxFiles} files, which is more than is read.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{directory} cannot be read: {e.Message}", e);
        }
    }
}
