using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Terminals;
using TrustService.Errors;

namespace TrustService.Cli.Backups;

/// <summary>Reads backups: a bundle, files with shares, or shares that a person types.</summary>
/// <param name="passphrases">Gets the passphrase of a bundle.</param>
/// <param name="terminal">Where shares are typed.</param>
/// <param name="output">Where the command speaks.</param>
internal sealed class BackupReading(Passphrases passphrases, ITerminal terminal, CommandOutput output)
{
    private const int MaxShareFileBytes = 256 * 1024;

    /// <summary>The keys of a backup, in memory; the caller disposes them.</summary>
    /// <param name="files">One bundle, or files with shares; none to type shares.</param>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/>, <see cref="TrustError.WrongPassphrase"/>, <see cref="TrustError.LocalFile"/> or <see cref="TrustError.Usage"/>.</exception>
    public IReadOnlyList<RestoredKey> Read(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return [Restore(Typed())];
        var shares = new ShareCollection();
        foreach (var file in files)
        {
            var content = PrivateFiles.Read(file, KeyBundle.MaxBytes);
            try
            {
                if (!KeyBundle.IsOne(content))
                    AddShares(shares, file, content);
                else if (files.Count == 1)
                    return ReadBundle(file, content);
                else
                    throw new TrustException(TrustError.Usage, $"{file} is a whole backup: it is read alone, not together with other files.");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(content);
            }
        }
        return [Restore(shares)];
    }

    private IReadOnlyList<RestoredKey> ReadBundle(string file, byte[] content)
    {
        using var passphrase = passphrases.ForExisting(KeyPurpose.Backup, $"the backup {file}");
        return KeyBundle.Read(content, passphrase);
    }

    private static void AddShares(ShareCollection shares, string file, byte[] content)
    {
        if (content.Length > MaxShareFileBytes)
            throw new TrustException(TrustError.InvalidBackup, $"{file} is neither a backup nor a share: it has more than {MaxShareFileBytes} bytes.");
        try
        {
            shares.AddText(Encoding.UTF8.GetString(content));
        }
        catch (TrustException e) when (e.Error == TrustError.InvalidBackup)
        {
            throw new TrustException(e.Error, $"{file}: {e.Message}", e) { Hint = e.Hint };
        }
    }

    private ShareCollection Typed()
    {
        if (!terminal.CanAsk)
            throw new TrustException(TrustError.Usage, "No backup is named, and there is no terminal to type shares on.") { Hint = "Name a backup, or the files of the shares." };
        output.Say("Type the shares line by line. Each line is checked at once; an empty line ends.");
        var shares = new ShareCollection();
        while (!shares.IsEnough && terminal.ReadLine("> ") is { } line && line.Trim().Length > 0)
        {
            try
            {
                shares.Add(line);
            }
            catch (TrustException e) when (e.Error == TrustError.InvalidBackup)
            {
                output.Warn($"{e.Message} Type that line again.");
            }
        }
        return shares;
    }

    private static RestoredKey Restore(ShareCollection shares)
    {
        var parts = shares.Finish();
        var key = SharedKey.Restore(parts);
        foreach (var part in parts)
            CryptographicOperations.ZeroMemory(part.Value);
        var described = FileKeyStore.Describe(key.Scheme, key.Material);
        return new RestoredKey(new KeyEntry { Origin = KeyOrigin.Store, Location = "", Id = described.Id, Public = described }, key);
    }
}
