using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Json;

namespace TrustService.Cli.Importing;

/// <summary>Writes an archive: a tar file that appears under its name when it is complete, and not before.</summary>
internal sealed class ArchiveWriter : IDisposable
{
    private readonly string path;
    private readonly string source;
    private readonly DateTimeOffset created;
    private readonly PendingFile file;
    private readonly TarWriter tar;
    private readonly List<ArchiveManifest.Repository> repositories = [];

    /// <summary>Begins an archive.</summary>
    /// <param name="path">Where it is to be; there must be nothing yet.</param>
    /// <param name="source">Where its content was fetched.</param>
    /// <param name="created">The time of the run, UTC.</param>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public ArchiveWriter(string path, string source, DateTimeOffset created)
    {
        (this.path, this.source, this.created) = (path, source, created);
        file = PendingFile.Create(path);
        tar = new TarWriter(file.Stream, TarEntryFormat.Pax, leaveOpen: true);
    }

    /// <summary>Repositories in the archive so far.</summary>
    public int Count => repositories.Count;

    /// <summary>Adds a repository: by role, oldest version first.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="problem">What did not verify, or null.</param>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public void Add(ForeignRepository repository, string? problem) => Local(() =>
    {
        var files = new List<ArchiveManifest.File>();
        foreach (var each in repository.Files.OrderBy(each => each.Role.Value, StringComparer.Ordinal).ThenBy(each => each.Version))
        {
            // The name of a role is one part of the path: it may hold slashes, and an archive is unpacked by all kinds of tools.
            var entry = string.Create(CultureInfo.InvariantCulture, $"{repositories.Count + 1:0000}/{Uri.EscapeDataString(each.Role.Value)}/{each.Version}.json");
            WriteEntry(entry, each.Data);
            files.Add(new ArchiveManifest.File(entry, each.Role, each.Version, Hex.Encode(SHA256.HashData(each.Data.Span)), each.Data.Length));
        }
        repositories.Add(new ArchiveManifest.Repository(repository.Name, problem, files));
    });

    /// <summary>Closes the archive and gives it its name.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public void Complete() => Local(() =>
    {
        WriteEntry(ArchiveManifest.EntryName, new ArchiveManifest(source, created, repositories).Write());
        tar.Dispose();
        file.Complete();
    });

    /// <summary>Leaves nothing behind if the archive is not complete.</summary>
    public void Dispose()
    {
        tar.Dispose();
        file.Dispose();
    }

    private void WriteEntry(string name, ReadOnlyMemory<byte> data)
    {
        using var content = new MemoryStream(data.ToArray(), writable: false);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, ModificationTime = created, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    private void Local(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The archive {path} cannot be written: {e.Message}", e);
        }
    }
}
