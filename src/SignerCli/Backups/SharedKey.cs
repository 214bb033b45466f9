using System.Security.Cryptography;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Keys.Sharing;

namespace TrustService.Cli.Backups;

/// <summary>Parts a private key into shares, and restores it from them.</summary>
internal static class SharedKey
{
    /// <summary>Parts a key. What comes out was put together again to see that it is right.</summary>
    public static IReadOnlyList<KeyShare> Split(IExportableKey key, int threshold, int count)
    {
        var id = FileKeyStore.Describe(key.Scheme, key.Material).Id;
        var secret = ShortPrivateKey.Write(key);
        try
        {
            var set = (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
            var shares = SecretSharing.Split(secret, threshold, count).Select(share => new KeyShare(share.Number, (byte)threshold, (byte)count, set, KeyShare.StartOf(id), share.Value)).ToList();
            Restore(shares.TakeLast(threshold).ToList()).Dispose();
            return shares;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Restores the key; the caller disposes it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    public static IExportableKey Restore(IReadOnlyList<KeyShare> shares)
    {
        if (shares.Count == 0)
            throw new TrustException(TrustError.InvalidBackup, "There is no share.");
        var first = shares[0];
        if (shares.FirstOrDefault(share => !share.BelongsTo(first)) is { } foreign)
            throw new TrustException(TrustError.InvalidBackup, $"Share {foreign.Number} and share {first.Number} were not made together: they are of different backups{(foreign.KeyIdStart == first.KeyIdStart ? "" : " of different keys")}.");
        var numbers = shares.Select(share => share.Number).Order().ToList();
        if (numbers.Count < first.Threshold)
            throw new TrustException(TrustError.InvalidBackup, $"{first.Threshold} of the {first.Count} shares are needed, and {(numbers.Count == 1 ? "only share" : "only the shares")} {string.Join(", ", numbers)} {(numbers.Count == 1 ? "is" : "are")} here. Fewer say nothing about the key.");
        var secret = SecretSharing.Combine([.. shares.Take(first.Threshold).Select(share => new SecretShare(share.Number, share.Value))]);
        try
        {
            var key = ShortPrivateKey.Read(secret);
            if (KeyShare.StartOf(FileKeyStore.Describe(key.Scheme, key.Material).Id) == first.KeyIdStart)
                return key;
            key.Dispose();
            throw Wrong(null);
        }
        catch (TrustException e) when (e.Error is TrustError.InvalidKeyFile or TrustError.UnacceptableKey)
        {
            throw Wrong(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static TrustException Wrong(TrustException? inner) =>
        new(TrustError.InvalidBackup, "The shares give another key than the one they are of: at least one was not made by this program, or was changed on purpose.", inner) { Hint = "Try other shares, if there are more." };
}
