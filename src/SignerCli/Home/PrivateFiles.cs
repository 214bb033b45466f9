using System.Security.Cryptography;
using TrustService.Errors;

namespace TrustService.Cli.Home;

/// <summary>Files and directories that only their owner may see: 0600 and 0700 from the first moment, written whole or not at all.</summary>
internal static class PrivateFiles
{
    /// <summary>Mode of a private file.</summary>
    public const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Mode of a private directory.</summary>
    public const UnixFileMode DirectoryMode700 = FileMode600 | UnixFileMode.UserExecute;

    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Makes a directory, with whatever is missing above it, or narrows the mode of one that is there.</summary>
    /// <returns>True if its mode had to be narrowed.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static bool EnsureDirectory(string path) => Local(path, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return false;
        }
        if (Directory.Exists(path))
            return Narrow(path, DirectoryMode700);
        Make(Path.GetFullPath(path));
        return false;
    });

    /// <summary>Narrows the mode of a file to 0600 if others can read or write it.</summary>
    /// <returns>True if it had to be narrowed.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static bool EnsureMode(string path) => Local(path, () => !OperatingSystem.IsWindows() && Narrow(path, FileMode600));

    /// <summary>True if somebody else than the owner can read or write the file.</summary>
    public static bool IsOpenToOthers(string path) => Local(path, () => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/>, also if it is larger.</exception>
    public static byte[] Read(string path, int maxBytes) => Local(path, () =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return ReadAll(stream, path, maxBytes);
    });

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if it is longer.</exception>
    public static byte[] ReadAll(Stream stream, string name, int maxBytes)
    {
        var buffer = new byte[maxBytes + 1];
        try
        {
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= maxBytes
                ? buffer[..length]
                : throw new TrustException(TrustError.LocalFile, $"{name} has more than {maxBytes} bytes, which is more than is read.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Writes a file that must not be there yet.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: false);

    /// <summary>Writes a file, in place of an older one if there is one.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Refuses a path at which no file can be written, before work is done whose result goes there.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static void RequirePlace(string path)
    {
        if (!Directory.Exists(DirectoryOf(path)))
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be written: the directory {DirectoryOf(path)} does not exist.");
        if (Directory.Exists(path))
            throw new TrustException(TrustError.LocalFile, $"{path} cannot be written: it is a directory.");
    }

    /// <summary>Refuses a path at which no new file can be written, before work is done whose result goes there.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.AlreadyExists"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public static void RequireFree(string path)
    {
        RequirePlace(path);
        if (File.Exists(path))
            throw new TrustException(TrustError.AlreadyExists, $"{path} exists already; it was left as it is.");
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        RequirePlace(path);
        var temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp";
        try
        {
            // CreateNew is O_EXCL: it neither follows a link nor opens what somebody put there; the mode holds from the start.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = FileMode600;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            if (!overwrite)
                RequireFree(path);
            File.Move(temporary, path, overwrite);
            FlushDirectory(DirectoryOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
        finally
        {
            // One that was never made is no reason to say something else than what went wrong.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? Path.GetFullPath(path);

    /// <summary>Flushes a directory to disk: the name of a file is there only when its directory is.</summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Libc.Open(path, Libc.ReadOnly);
        if (descriptor < 0)
            return;
        _ = Libc.FSync(descriptor);
        _ = Libc.Close(descriptor);
    }

    // The base library gives the mode to the last directory only.
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Make(string path)
    {
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
            Make(parent);
        Directory.CreateDirectory(path, DirectoryMode700);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool Narrow(string path, UnixFileMode mode)
    {
        if ((File.GetUnixFileMode(path) & Others) == 0)
            return false;
        File.SetUnixFileMode(path, mode);
        return true;
    }

    private static T Local<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
    }

    private static TrustException Refused(string path, Exception e) => new(TrustError.LocalFile, e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path} does not exist.",
        UnauthorizedAccessException when Directory.Exists(path) => $"{path} is a directory that cannot be used here.",
        UnauthorizedAccessException => $"{path} cannot be opened: this user may not.",
        _ => $"{path} cannot be used: {e.Message}",
    }, e);
}
