using System.Text;
using TrustService.Editing;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Tests.Importing;

/// <summary>A directory of Docker Content Trust as its clients leave it.</summary>
internal sealed class DockerTrustFiles(string path)
{
    public const string Passphrase = "old words";

    public string Path => path;

    /// <summary>Writes a key file; null for headers that are absent.</summary>
    /// <returns>Notary's id of the key.</returns>
    public static string AddKey(string file, IExportableKey key, string? role, string? repository, string passphrase = Passphrase)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        var headers = (role is null ? "" : $"role: {role}\n") + (repository is null ? "" : $"gun: {repository}\n");
        var pem = Encoding.ASCII.GetString(PrivateKeyFile.Write(key, Encoding.UTF8.GetBytes(passphrase)));
        File.WriteAllText(file, headers.Length == 0 ? pem : pem.Replace("KEY-----\n", $"KEY-----\n{headers}\n", StringComparison.Ordinal));
        return IdOf(key);
    }

    public static string IdOf(IExportableKey key) => NotaryFormat.Instance.DescribeKey(key.Scheme, key.Material).Id.Value;

    /// <summary>Writes a key file under its usual name.</summary>
    public string AddKey(IExportableKey key, string? role, string? repository, string passphrase = Passphrase) =>
        AddKey(System.IO.Path.Combine(path, "private", IdOf(key) + ".key"), key, role, repository, passphrase);

    /// <summary>Writes the cached root and targets of a repository, with a signer whom targets delegates to.</summary>
    /// <returns>The root file.</returns>
    public byte[] AddRepository(string name, IExportableKey root, IExportableKey targets, IExportableKey signer, DateTimeOffset now)
    {
        using var online = SigningKeys.Generate(SignatureScheme.Ed25519);
        var onlineKey = NotaryFormat.Instance.DescribeKey(online.Scheme, online.Material);
        var created = NewRepository.Create(NotaryFormat.Instance, Gun.Parse(name), root, targets, [onlineKey], [onlineKey], now, now.AddYears(5), now.AddYears(1));
        var signerKey = NotaryFormat.Instance.DescribeKey(signer.Scheme, signer.Material);
        var content = created.Targets.Signed with
        {
            Delegations = new Delegations
            {
                Keys = new Dictionary<KeyId, PublicKey> { [signerKey.Id] = signerKey },
                Roles = [.. new[] { "targets/alice", "targets/releases" }.Select(role => new DelegatedRole { Name = RoleName.Parse(role), RoleKeys = new RoleKeys { KeyIds = [signerKey.Id], Threshold = 1 }, Paths = [""] })],
            },
        };
        var targetsKey = NotaryFormat.Instance.DescribeKey(targets.Scheme, targets.Material);
        Write(name, "root", created.Root.File);
        Write(name, "targets", MetadataSigner.Sign(NotaryFormat.Instance, content, [targetsKey], [targets]).File);
        return created.Root.File.ToArray();
    }

    private void Write(string name, string role, ReadOnlyMemory<byte> data)
    {
        var file = System.IO.Path.Combine(path, "tuf", name, "metadata", role + ".json");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, data.ToArray());
    }
}
