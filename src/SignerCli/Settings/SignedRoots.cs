using System.Text;
using TrustService.Cli.Home;
using TrustService.Oci;

namespace TrustService.Cli.Settings;

/// <summary>
/// The roots that this user has signed, by what tells them from others. On a machine without a network it is the only way to tell
/// whether a proposal builds on a root that its user has seen: a made-up one would make the changes look small.
/// </summary>
internal sealed class SignedRoots(SignerHome home)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>True if this user has signed that root of the repository.</summary>
    /// <exception cref="Errors.TrustException"><see cref="Errors.TrustError.LocalFile"/></exception>
    public bool Contains(RepositoryName repository, string change) => Read(repository).Contains(change);

    /// <summary>Remembers that this user has signed a root of the repository.</summary>
    /// <exception cref="Errors.TrustException"><see cref="Errors.TrustError.LocalFile"/></exception>
    public void Add(RepositoryName repository, string change)
    {
        var known = Read(repository);
        if (known.Contains(change))
            return;
        PrivateFiles.EnsureDirectory(home.Roots);
        PrivateFiles.Replace(PathOf(repository), Encoding.ASCII.GetBytes(string.Concat(known.Append(change).Select(line => line + "\n"))));
    }

    private List<string> Read(RepositoryName repository) =>
        File.Exists(PathOf(repository)) ? [.. Encoding.ASCII.GetString(PrivateFiles.Read(PathOf(repository), MaxBytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries)] : [];

    private string PathOf(RepositoryName repository) => Path.Combine(home.Roots, repository.FileName + ".signed");
}
