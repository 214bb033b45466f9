using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Options;

namespace TrustService.Server.OnlineKeys;

/// <summary>Finds the master key: environment, configured file, or the data directory.</summary>
internal static class MasterKeyFile
{
    /// <summary>Environment variable with the key itself, in base64.</summary>
    public const string KeyVariable = "TRUST_MASTER_KEY";

    /// <summary>Environment variable with the path of the file that holds the key.</summary>
    public const string FileVariable = "TRUST_MASTER_KEY_FILE";

    /// <summary>File in the data directory.</summary>
    public const string DefaultName = "master.key";

    private const int MaxFileBytes = 1024;
    private const int MaxTries = 500;
    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Opens the master key. In the data directory of the embedded database a missing one is made; a server with a
    /// database of its own may have neighbours that must use the same key, so there it must be given.
    /// </summary>
    /// <param name="database">Names the data directory.</param>
    /// <param name="signing">Names the file, if it is configured.</param>
    /// <param name="mayCreate">True in development: a key may be made for any database.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/>.</exception>
    public static MasterKey Open(DatabaseOptions database, SigningOptions signing, bool mayCreate, Func<string, string?> environment)
    {
        if (environment(KeyVariable) is { } key)
            return MasterKey.Parse(key, KeyVariable);
        if (environment(FileVariable) is { } named)
            return Read(named);
        if (signing.MasterKeyFile.Length > 0)
            return Read(signing.MasterKeyFile);
        var path = Path.Combine(database.DataDirectory, DefaultName);
        if (!File.Exists(path) && (database.IsEmbedded || mayCreate))
            Create(path);
        return Read(path);
    }

    private static MasterKey Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (PrivateFiles.IsOpenToOthers(path))
                throw new TrustException(TrustError.OnlineKeyUnavailable, $"The master key file {path} is open to others than its owner.") { Hint = $"chmod 600 {path}" };
            var bytes = new byte[MaxFileBytes];
            var characters = new char[MaxFileBytes];
            var length = file.ReadAtLeast(bytes, MaxFileBytes, throwOnEndOfStream: false);
            try
            {
                return MasterKey.Parse(characters.AsSpan(0, Encoding.Latin1.GetChars(bytes, 0, length, characters, 0)), path);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
                characters.AsSpan().Clear();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.OnlineKeyUnavailable, $"The master key file {path} cannot be read: {e.Message}", e)
            {
                Hint = $"Give the server its master key in the file, in {KeyVariable} or in a file that {FileVariable} names. All servers on one database use the same key.",
            };
        }
    }

    /// <summary>Of several servers that start together in one directory, the first one's key counts.</summary>
    private static void Create(string path)
    {
        var bytes = RandomNumberGenerator.GetBytes(MasterKey.Length);
        var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes) + "\n");
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // Moving without overwriting looks before it moves: two servers could both find nothing there.
            using var turn = WaitForTurn($"{path}.lock");
            if (File.Exists(path))
                return;
            using (var file = PrivateFiles.Create(temporary, FileMode.CreateNew))
            {
                file.Write(text);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.OnlineKeyUnavailable, $"The master key file {path} cannot be made: {e.Message}", e) { Hint = "Give the server a data directory that it can write to." };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Opens a file that one process at a time can have open; the system takes it back from a process that dies.</summary>
    private static FileStream WaitForTurn(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (tries < MaxTries && e is not DirectoryNotFoundException)
            {
                Thread.Sleep(RetryTime);
            }
        }
    }
}
