using System.Formats.Tar;
using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Importing;

/// <summary>Reads an archive. Every file is held against the manifest; what it is worth is for the chain to say.</summary>
internal sealed class ArchiveReader : IForeignSource
{
    private const int MaxEntries = 10_000_000;

    private readonly string path;
    private readonly FileStream stream;
    private readonly Dictionary<string, (long Offset, long Length)> entries = new(StringComparer.Ordinal);

    private ArchiveReader(string path, FileStream stream) => (this.path, this.stream) = (path, stream);

    /// <summary>What it holds.</summary>
    public ArchiveManifest Manifest { get; private set; } = new("", default, []);

    /// <summary>Opens an archive and reads its manifest.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.InvalidArchive"/>.</exception>
    public static ArchiveReader Open(string path)
    {
        ArchiveReader? reader = null;
        try
        {
            reader = new ArchiveReader(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));
            reader.ReadEntries();
            var opened = reader;
            reader = null;
            return opened;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{path} does not exist, or this user may not open it.", e);
        }
        // The library that reads tar files says in many ways that it cannot.
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or ArgumentException or NotSupportedException or OverflowException or InvalidOperationException)
        {
            throw Damaged(path, "it is no tar file, or its end is missing", e);
        }
        finally
        {
            reader?.Dispose();
        }
    }

    /// <summary>The names of all repositories, in their order.</summary>
    public IReadOnlyList<RepositoryName> Names => [.. Manifest.Repositories.Select(repository => repository.Name)];

    /// <inheritdoc/>
    public string Location => path;

    /// <inheritdoc/>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidArchive"/> if a file is missing or not the one that the manifest lists; <see cref="TrustError.RepositoryUnknown"/>.</exception>
    public Task<ForeignRepository> ReadAsync(RepositoryName repository, bool withFormerVersions, CancellationToken cancellationToken)
    {
        var listed = Manifest.Repositories.FirstOrDefault(held => held.Name == repository)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"{path} does not hold {repository}.") { Hint = $"It holds: {string.Join(", ", Names.Take(20))}" };
        return Task.FromResult(new ForeignRepository(repository, [.. listed.Files.Select(file => new ForeignFile(file.Role, file.Version, ReadFile(file)))]));
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private void ReadEntries()
    {
        using var tar = new TarReader(stream, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entries.Count == MaxEntries)
                throw Damaged(path, $"it has more than {MaxEntries} entries", null);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            if (!entries.TryAdd(entry.Name, (entry.DataOffset, entry.Length)))
                throw Damaged(path, "two of its entries have the same name", null);
        }
        if (!entries.TryGetValue(ArchiveManifest.EntryName, out var manifest) || manifest.Length > ArchiveManifest.MaxBytes)
            throw Damaged(path, "it has no manifest: it is another file, or was not written to its end", null);
        Manifest = ArchiveManifest.Read(ReadAt(manifest.Offset, (int)manifest.Length));
        // What is read may not be many times larger than the archive: each entry counts once, and for one repository.
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var repository in Manifest.Repositories)
        {
            if (repository.Files.FirstOrDefault(file => !listed.Add(file.Path)) is { } twice)
                throw Damaged(path, $"its manifest lists {twice.Path} twice", null);
            if (repository.Files.Sum(file => file.Length) > NotaryFetcher.MaxBytes + VerificationLimits.Default.MaxListedBytes)
                throw Damaged(path, $"{repository.Name} has more than {NotaryFetcher.MaxBytes / (1024 * 1024)} MiB in it", null);
        }
    }

    private byte[] ReadFile(ArchiveManifest.File file)
    {
        if (!entries.TryGetValue(file.Path, out var entry) || entry.Length != file.Length || file.Length > NotaryFetcher.MaxBytes)
            throw Damaged(path, $"{file.Path} is missing or of another length than its manifest says", null);
        var data = ReadAt(entry.Offset, (int)entry.Length);
        return Hex.Encode(SHA256.HashData(data)) == file.Sha256 ? data : throw Damaged(path, $"{file.Path} is not the file that its manifest lists", null);
    }

    private byte[] ReadAt(long offset, int length)
    {
        // Before room is made for it: what an entry says of its length may be a lie.
        if (length > stream.Length - offset)
            throw Damaged(path, "it ends in the middle of a file", null);
        var data = new byte[length];
        try
        {
            stream.Position = offset;
            stream.ReadExactly(data);
            return data;
        }
        catch (IOException e)
        {
            throw Damaged(path, "it cannot be read to its end", e);
        }
    }

    private static TrustException Damaged(string path, string problem, Exception? inner) =>
        new(TrustError.InvalidArchive, $"The archive {path} cannot be used: {problem}.", inner) { Hint = "Take another copy of it, or write it anew: signer archive notary URL REPOSITORY… --out FILE" };
}
