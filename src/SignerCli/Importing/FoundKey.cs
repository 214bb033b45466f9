using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Keys;

namespace TrustService.Cli.Importing;

/// <summary>A key file of Docker Content Trust or Notary, not opened yet.</summary>
/// <param name="File">The key file.</param>
/// <param name="Id">Notary's id of the key, as the name of the file has it.</param>
/// <param name="Role">What the file or its name says that it is for, or null.</param>
/// <param name="Repository">The repository that the file or its directory names, or null.</param>
internal sealed record FoundKey(PrivateKeyFile File, string Id, string? Role, string? Repository) : IDisposable
{
    private const string Extension = ".key";
    private const string OldRoots = "root_keys";
    private const string OldOthers = "tuf_keys";

    /// <summary>Reads a file below <c>private</c>. The first versions of Notary told role and repository by the place of the file.</summary>
    /// <param name="top">The directory <c>private</c>.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.InvalidKeyFile"/> if it is no key file.</exception>
    public static FoundKey Read(string top, string path)
    {
        if (!path.EndsWith(Extension, StringComparison.Ordinal))
            throw new TrustException(TrustError.InvalidKeyFile, "It is no key file: its name does not end in .key.");
        var name = Path.GetFileNameWithoutExtension(path);
        var place = Path.GetRelativePath(top, Path.GetDirectoryName(path)!).Replace('\\', '/');
        var (id, roleOfName) = name.IndexOf('_') is var at and > 0 ? (name[..at], name[(at + 1)..]) : (name, null);
        var file = PrivateKeyFile.Parse(PrivateFiles.Read(path, PrivateKeyFile.MaxBytes));
        return new FoundKey(
            file,
            id,
            file.Role ?? roleOfName ?? (place == OldRoots ? "root" : null),
            file.Repository ?? (place.StartsWith(OldOthers + "/", StringComparison.Ordinal) ? place[(OldOthers.Length + 1)..] : null));
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
