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

    private const int LockPollMilliseconds = 20;
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
    /// <exception cref="OperationCanceledException">The caller gave up while another process kept it; the inner exception is the refusal that says so.</exception>
    public static FileMetadataCache Open(string directory, CancellationToken cancellationToken)
    {
        try
        {
            CreateDirectory(directory);
            return new FileMetadataCache(directory, Lock(Path.Combine(directory, ".lock"), cancellationToken));
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
        try
        {
            AtomicFile.Write(path, path + ".new", bytes.Span);
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

    /// <inheritdoc/>
    public string LocationOf(string fileName) => PathOf(fileName);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string start, string end)
    {
        try
        {
            return [.. new DirectoryInfo(directory).EnumerateFiles($"{start}*{end}").Select(file => file.Name).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
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

    private static FileStream Lock(string path, CancellationToken cancellationToken)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path))
            {
                if (waited.Elapsed >= LockTimeout)
                    throw Busy(path, e);
                if (cancellationToken.WaitHandle.WaitOne(LockPollMilliseconds))
                    throw new OperationCanceledException("The wait for the cache ended.", Busy(path, e), cancellationToken);
            }
        }
    }

    private static TrustException Busy(string path, IOException e) =>
        new(TrustError.LocalFile, $"Another signer run is using the trust data of this repository: {path} is locked.", e) { Hint = "Try again when it has ended." };

    // Formats encode role names before they become file names; this is the last check that none leaves the directory.
    private string PathOf(string fileName) =>
        fileName.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && fileName is not ("" or "." or "..")
            ? Path.Combine(directory, fileName)
            : throw new ArgumentException($"\"{fileName}\" is not a plain file name.", nameof(fileName));

    private static TrustException Unusable(string path, Exception e) =>
        new(TrustError.LocalFile, $"The cache {path} cannot be used: {e.Message.TrimEnd('.')}.", e) { Hint = "Check its owner and the free space of the disk, or name another directory with --home." };
}
