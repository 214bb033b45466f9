using System.Security.Cryptography;
using TrustService.Errors;

namespace TrustService.Cli.Home;

/// <summary>A new file, 0600, that is written under another name and takes its own when it is complete.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string path;
    private readonly string temporary;

    private PendingFile(string path, string temporary, FileStream stream) => (this.path, this.temporary, Stream) = (path, temporary, stream);

    /// <summary>Where the content goes.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins a file that must not be there yet.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public static PendingFile Create(string path)
    {
        RequireAbsent(path);
        var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFiles.FileMode600;
        try
        {
            return new PendingFile(path, temporary, new FileStream(temporary, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Flushes the content to disk and gives the file its name.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public void Complete()
    {
        try
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            RequireAbsent(path);
            File.Move(temporary, path, overwrite: false);
            PrivateFiles.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Removes what was written, if it is not complete.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(temporary);
    }

    private static void RequireAbsent(string path)
    {
        if (Path.Exists(path))
            throw new TrustException(TrustError.AlreadyExists, $"{path} exists already; it was left as it is.");
    }
}
