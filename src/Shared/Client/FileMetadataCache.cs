using TrustService.Errors;

namespace TrustService.Client;

/// <summary>
/// A cache in one directory, for one process at a time. A file is written beside its name, flushed and renamed, so that a
/// crash at any point leaves the former file or the new one.
/// </summary>
public sealed class FileMetadataCache : IMetadataCache, IDisposable
{
    /// <summary>How long to wait for another process that uses the directory.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(60);

    private const int MaxFileBytes = 128 * 1024 * 1024;
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string directory;
    private readonly FileStream guard;

    private FileMetadataCache(string directory, FileStream guard)
    {
        this.directory = directory;
        this.guard = guard;
    }

    /// <summary>Opens a directory, and makes it, and those above it, if they are absent (0700): their names tell which repositories somebody uses.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if it cannot be used, or another process keeps it too long.</exception>
    public static FileMetadataCache Open(string directory)
    {
        try
        {
            CreateDirectory(directory);
            return new FileMetadataCache(directory, Lock(Path.Combine(directory, ".lock")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
        }
    }

    /// <inheritdoc/>
    public byte[]? Read(string fileName)
    {
        var path = PathOf(fileName);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            return file.Length <= MaxFileBytes ? File.ReadAllBytes(path) : throw new IOException($"it has {file.Length} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    /// <inheritdoc/>
    public void Write(string fileName, ReadOnlyMemory<byte> bytes)
    {
        var path = PathOf(fileName);
        var temporary = path + ".new";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(bytes.Span);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    /// <inheritdoc/>
    public void Remove(string fileName)
    {
        var path = PathOf(fileName);
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>Lets the next process use the directory.</summary>
    public void Dispose() => guard.Dispose();

    private static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
            return;
        // The base library gives the mode to the last directory of a path only.
        if (Path.GetDirectoryName(Path.GetFullPath(directory)) is { } parent)
            CreateDirectory(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, PrivateDirectory);
    }

    private static FileStream Lock(string path)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && waited.Elapsed < LockTimeout)
            {
                Thread.Sleep(20);
            }
        }
    }

    // Formats encode role names before they become file names; this is the last check that none leaves the directory.
    private string PathOf(string fileName) =>
        fileName.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && fileName is not ("" or "." or "..")
            ? Path.Combine(directory, fileName)
            : throw new ArgumentException($"\"{fileName}\" is not a plain file name.", nameof(fileName));

    private static TrustException Unusable(string path, Exception e) =>
        new(TrustError.LocalFile, $"The cache {path} cannot be used: {e.Message.TrimEnd('.')}.", e) { Hint = "Check its owner and the free space of the disk, or name another directory with --home." };
}
