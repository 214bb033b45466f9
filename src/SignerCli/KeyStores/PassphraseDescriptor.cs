using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TrustService.Errors;

namespace TrustService.Cli.KeyStores;

/// <summary>A passphrase that another process hands over by an open file descriptor. A pipe can be read once, so it is kept until the run ends.</summary>
/// <param name="number">The number of the descriptor.</param>
internal sealed class PassphraseDescriptor(int number) : IDisposable
{
    private byte[]? line;

    /// <summary>How messages name it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"file descriptor {number}");

    /// <summary>The passphrase; the caller disposes it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> or <see cref="TrustError.Usage"/>.</exception>
    public Passphrase Read()
    {
        line ??= ReadLine();
        return new Passphrase((byte[])line.Clone());
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(line);

    private byte[] ReadLine()
    {
        if (OperatingSystem.IsWindows())
            throw new TrustException(TrustError.Usage, "--passphrase-fd is not known on Windows.") { Hint = "Use --passphrase-file." };
        var buffer = new byte[Passphrase.MaxBytes];
        try
        {
            using var stream = new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            var length = 0;
            // One byte at a time: what follows the line is somebody else's.
            while (length < buffer.Length && stream.Read(buffer, length, 1) == 1)
            {
                if (buffer[length++] == '\n')
                    break;
            }
            if (length == buffer.Length)
                throw new TrustException(TrustError.LocalFile, $"The first line of {Name} has more than {buffer.Length} bytes, which is more than is read.");
            using var passphrase = Passphrase.OfFirstLine(buffer.AsSpan(0, length));
            return passphrase.Utf8.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TrustException(TrustError.LocalFile, $"The passphrase cannot be read from {Name}: {e.Message}", e) { Hint = $"It has to be open in this process: signer … --passphrase-fd {number} {number}< FILE" };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
