using TrustService.Oci;

namespace TrustService.Cli.Settings;

/// <summary>A saved root of which nobody noted at which server its repository is.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Key">What stands for the repository in names of files.</param>
/// <param name="Repository">The repository, or null if nothing here names it.</param>
internal sealed record UnplacedRoot(string Path, string Key, RepositoryName? Repository);
