using TrustService.Editing;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>
/// Somebody who has the private half of the standby online key, which every root of a server lists for snapshot and
/// timestamp: what he signs has valid signatures, as after the theft of an online key.
/// </summary>
public sealed class StolenOnlineKey : IDisposable
{
    private readonly IExportableKey key = SigningKeys.Generate(SigningKeys.DefaultScheme);

    /// <summary>The public half in PEM, for the server's settings.</summary>
    public string PublicKeyPem => $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(key.Material.Span, Base64FormattingOptions.InsertLineBreaks)}\n-----END PUBLIC KEY-----\n";

    /// <summary>Signs a changed timestamp.</summary>
    /// <param name="root">The root file that lists the key.</param>
    /// <param name="file">A timestamp file of the server.</param>
    /// <param name="change">What to change in it.</param>
    public byte[] Timestamp(byte[] root, byte[] file, Func<Timestamp, Timestamp> change) => Sign(root, file, change);

    /// <summary>Signs a changed snapshot.</summary>
    /// <param name="root">The root file that lists the key.</param>
    /// <param name="file">A snapshot file of the server.</param>
    /// <param name="change">What to change in it.</param>
    public byte[] Snapshot(byte[] root, byte[] file, Func<Snapshot, Snapshot> change) => Sign(root, file, change);

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    private byte[] Sign<TRole>(byte[] root, byte[] file, Func<TRole, TRole> change)
        where TRole : class, IRole
    {
        var keys = TufFormat.Instance.Read<Root>(root, int.MaxValue).Signed.Keys.Values;
        return MetadataSigner.Sign(TufFormat.Instance, change(TufFormat.Instance.Read<TRole>(file, int.MaxValue).Signed), keys, [key]).File.ToArray();
    }
}
