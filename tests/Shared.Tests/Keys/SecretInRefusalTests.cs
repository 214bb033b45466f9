using System.Text;
using TrustService.Ceremony;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys;

/// <summary>Whatever reads bytes from outside may be given a damaged private key by mistake: no refusal shows any of it.</summary>
public sealed class SecretInRefusalTests
{
    private static readonly Action<byte[]>[] Readers =
    [
        bytes => Open(bytes, "correct"u8),
        bytes => Open(bytes, "wrong"u8),
        bytes => StrictJson.Parse(bytes, JsonLimits.OfBytes(100_000)),
        bytes => new JsonObjectReader(StrictJson.Parse(bytes, JsonLimits.OfBytes(100_000)), "the file").Integer("key", 0, 1),
        bytes => ProposalFile.Read(bytes),
        bytes => MetadataFormats.Detect(bytes, 100_000),
        bytes => TufFormat.Instance.Read<Root>(bytes, 100_000),
        bytes => RootCertificate.Read(bytes),
        bytes => TrustServerCredentials.ParseNotary(Encoding.Latin1.GetString(bytes)),
        bytes => DockerConfig.Parse(bytes),
        bytes => WithFile(bytes, path => ServerCertificateCheck.Load([path])),
    ];

    public static TheoryData<string> Keys => [KeyFiles.Pkcs8P256, KeyFiles.Sec1P384, KeyFiles.Pkcs1Rsa, KeyFiles.Pkcs8Ed25519, KeyFiles.EncryptedP256, KeyFiles.ScryptP256, KeyFiles.OldOpenSslP256, KeyFiles.NotaryTargets];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Read_DamagedKey_RefusalShowsNothingOfIt(string pem)
    {
        var secret = new Secret(pem, Convert.ToBase64String(Encoding.UTF8.GetBytes(pem.Trim())), pem.ToLowerInvariant());
        var refused = 0;
        foreach (var damaged in Secret.Damaged(pem))
        {
            foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes(damaged), Encoding.Unicode.GetBytes(damaged)])
            {
                foreach (var reader in Readers)
                    refused += AssertShowsNothing(reader, bytes, secret) ? 1 : 0;
            }
        }
        Assert.True(refused > 500, $"Only {refused} were refused.");
    }

    [Fact]
    public void Read_MutatedKey_RefusalShowsNothingOfIt() => Property.ForAll(2000, random =>
    {
        foreach (var pem in (string[])[KeyFiles.Pkcs8P256, KeyFiles.OldOpenSslP256])
        {
            var mutated = Mutation.Of(pem, random);
            AssertShowsNothing(bytes => Open(bytes, "correct"u8), Encoding.UTF8.GetBytes(mutated), new Secret(pem));
        }
    });

    [Theory]
    [InlineData("", "lost line feeds")]
    [InlineData(" ", "lost line feeds")]
    [InlineData("\\n", "lost line feeds")]
    [InlineData("\r", "lost line feeds")]
    public void Parse_LineFeedsLost_SaysSo(string separator, string said)
    {
        var refusal = Refusal.Of(TrustError.InvalidKeyFile, () => PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(KeyFiles.Pkcs8P256.ReplaceLineEndings(separator))));

        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("keep the line feeds", refusal.Hint, StringComparison.Ordinal);
    }

    public static TheoryData<byte[], string, string> OtherFiles => new()
    {
        { Encoding.UTF8.GetBytes("\uFEFF" + KeyFiles.Pkcs8P256), "byte order mark", "without a byte order mark" },
        { [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(KeyFiles.Pkcs8P256)], "UTF-16", "plain text" },
        { Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(KeyFiles.Pkcs8P256))), "base64 of a PEM", "base64 -d" },
        { [0x30, 0x82, 1, 2], "DER or PKCS#12", "openssl pkcs12" },
        { "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"u8.ToArray(), "public key and no private", "private half" },
        { "-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n"u8.ToArray(), "certificate and no private", "another file" },
    };

    [Theory]
    [MemberData(nameof(OtherFiles))]
    public void Parse_OtherFile_SaysWhatItIsAndWhatToDo(byte[] file, string said, string hint)
    {
        var refusal = Refusal.Of(TrustError.InvalidKeyFile, () => PrivateKeyFile.Parse(file));

        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(hint, refusal.Hint, StringComparison.Ordinal);
    }

    private static void Open(byte[] bytes, ReadOnlySpan<byte> passphrase)
    {
        using var file = PrivateKeyFile.Parse(bytes);
        // What commands show of a file that can be read.
        if (file.Role is not null || file.Repository is not null)
            file.Open(passphrase).Dispose();
        file.Open(passphrase).Dispose();
    }

    private static void WithFile(byte[] bytes, Action<string> action)
    {
        using var directory = new TestDirectory();
        File.WriteAllBytes(directory["file"], bytes);
        action(directory["file"]);
    }

    private static bool AssertShowsNothing(Action<byte[]> reader, byte[] bytes, Secret secret)
    {
        try
        {
            reader(bytes);
            return false;
        }
        catch (TrustException e)
        {
            // With all its causes, which -v shows.
            var shown = $"{e}\n{e.Hint}\n{e.Role}";
            Assert.True(secret.FoundIn(shown) is null, shown);
            return true;
        }
    }
}
