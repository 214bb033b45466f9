using System.Security.Cryptography;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Keys;

namespace TrustService.Cli.Tests.Support;

/// <summary>Keys of the key store without a passphrase: opening an encrypted one is slow by design, and tests of other things have many to open.</summary>
internal static class QuickKeys
{
    /// <summary>Opens the one key of the machine that is meant.</summary>
    public static IExportableKey OpenQuickKey(this SignerMachine machine, Func<KeyEntry, bool> isMeant)
    {
        var pem = File.ReadAllText(new FileKeyStore(machine.Keys, _ => { }).List().Single(isMeant).Location);
        return SigningKeys.ImportPkcs8(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]));
    }

    public static KeyEntry AddQuickKey(this SignerMachine machine, string label, string? role = null, string? repository = null)
    {
        using var key = SigningKeys.Generate(SigningKeys.DefaultScheme);
        var store = new FileKeyStore(machine.Keys, _ => { });
        var details = new KeyEntry { Origin = KeyOrigin.Store, Location = "", Label = label, Roles = role is null ? [] : [role], Repositories = repository is null ? [] : [repository] };
        var described = FileKeyStore.Describe(key.Scheme, key.Material);
        PrivateFiles.EnsureDirectory(machine.Keys);
        var description = Path.Combine(machine.Keys, $"{label}-{described.Id.Value[..8]}.json");
        var entry = details with { Id = described.Id, Public = described, Location = Path.ChangeExtension(description, ".pem"), DescriptionFile = description };
        PrivateFiles.WriteNew(description, KeyDescription.Write(entry));
        PrivateFiles.WriteNew(entry.Location, System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8())));
        return store.List().Single(each => each.Label == label);
    }
}
