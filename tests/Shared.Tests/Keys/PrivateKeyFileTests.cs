using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Keys;

public sealed class PrivateKeyFileTests
{
    private static readonly byte[] Message = "message"u8.ToArray();

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public void Write_EveryKind_OpensAgainWithItsPassphraseOnly(SignatureScheme scheme)
    {
        using var key = SigningKeys.Generate(scheme);

        using var file = PrivateKeyFile.Parse(PrivateKeyFile.Write(key, "pass phräse"u8, 1000));
        using var opened = file.Open("pass phräse"u8);

        Assert.True(file.IsEncrypted);
        Assert.Equal(key.Material, opened.Material);
        AssertSigns(opened);
        Refusal.Of(TrustError.WrongPassphrase, () => file.Open("pass phrase"u8));
        Refusal.Of(TrustError.WrongPassphrase, () => file.Open(""u8));
    }

    [Fact]
    public void Write_EmptyPassphrase_IsAPassphrase()
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);

        using var file = PrivateKeyFile.Parse(PrivateKeyFile.Write(key, ""u8, 1000));
        using var opened = file.Open(""u8);

        Assert.True(file.IsEncrypted);
        AssertSigns(opened);
        Refusal.Of(TrustError.WrongPassphrase, () => file.Open("x"u8));
    }

    [Fact]
    public void Write_Default_UsesASlowKeyDerivationAndAnotherSaltEachTime()
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);

        var first = PrivateKeyFile.Write(key, "p"u8);
        var second = PrivateKeyFile.Write(key, "p"u8);

        Assert.NotEqual(first, second);
        // INTEGER 600 000 stands in the envelope.
        Assert.Contains("02030927C0", Convert.ToHexString(Der(first)), StringComparison.Ordinal);
        // The base library reads the same envelope.
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromEncryptedPem(Encoding.ASCII.GetString(first), "p");
        Assert.Equal(key.Material.ToArray(), ecdsa.ExportSubjectPublicKeyInfo());
    }

    [Theory]
    [InlineData(KeyFiles.Pkcs8P256, false, SignatureScheme.EcdsaP256Sha256)]
    [InlineData(KeyFiles.EncryptedP256, true, SignatureScheme.EcdsaP256Sha256)]
    [InlineData(KeyFiles.EncryptedSha1Aes128, true, SignatureScheme.EcdsaP256Sha256)]
    [InlineData(KeyFiles.Sec1P384, false, SignatureScheme.EcdsaP384Sha384)]
    [InlineData(KeyFiles.Pkcs8Ed25519, false, SignatureScheme.Ed25519)]
    [InlineData(KeyFiles.EncryptedEd25519, true, SignatureScheme.Ed25519)]
    [InlineData(KeyFiles.Pkcs1Rsa, false, SignatureScheme.RsaPssSha256)]
    [InlineData(KeyFiles.NotaryTargets, true, SignatureScheme.EcdsaP256Sha256)]
    [InlineData(KeyFiles.OldOpenSslP256, true, SignatureScheme.EcdsaP256Sha256)]
    [InlineData(KeyFiles.OldOpenSslTripleDes, true, SignatureScheme.EcdsaP256Sha256)]
    public void Parse_FilesOfOtherPrograms_Open(string text, bool isEncrypted, SignatureScheme scheme)
    {
        foreach (var variant in new[] { text, text.Replace("\n", "\r\n", StringComparison.Ordinal), "comment\n" + text + "\n\n" })
        {
            using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(variant));
            using var key = file.Open("correct"u8);

            Assert.Equal(isEncrypted, file.IsEncrypted);
            Assert.Equal(scheme, key.Scheme);
            AssertSigns(key);
        }
    }

    [Theory]
    [InlineData(KeyFiles.EncryptedP256)]
    [InlineData(KeyFiles.EncryptedSha1Aes128)]
    [InlineData(KeyFiles.NotaryTargets)]
    [InlineData(KeyFiles.OldOpenSslP256)]
    [InlineData(KeyFiles.OldOpenSslTripleDes)]
    public void Open_SameKeyInAnotherForm_IsTheSameKey(string text)
    {
        using var plain = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(KeyFiles.Pkcs8P256));
        using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(text));
        using var expected = plain.Open(""u8);
        using var key = file.Open("correct"u8);

        Assert.Equal(expected.Material.ToArray(), key.Material.ToArray());
        Refusal.Of(TrustError.WrongPassphrase, () => file.Open("wrong"u8));
    }

    [Fact]
    public void Parse_NotaryFile_TellsRoleAndRepository()
    {
        using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(KeyFiles.NotaryTargets));

        Assert.Equal("targets", file.Role);
        Assert.Equal("registry.example.com/team/app", file.Repository);
    }

    [Theory]
    [InlineData("-----BEGIN DSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END DSA PRIVATE KEY-----\n", "Forms that are read")]
    [InlineData(KeyFiles.Pkcs8P256 + "\n" + KeyFiles.Pkcs8Ed25519, "file of its own")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "private half is in another file")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "ssh-keygen")]
    [InlineData("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n", "Forms that are read")]
    [InlineData("", "BEGIN ENCRYPTED PRIVATE KEY")]
    public void Parse_UnsupportedFile_IsRefusedWithWhatToDo(string text, string hint)
    {
        var refusal = Refusal.Of(TrustError.InvalidKeyFile, () => PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(text)));

        Assert.Contains(hint, refusal.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DEK-Info: RC4,3395E017B201CB87461A5DD738E04334")]
    [InlineData("DEK-Info: AES-256-CBC,3395E017B201CB87")]
    [InlineData("DEK-Info: AES-256-CBC")]
    public void Open_OldEncryptionOfAnUnknownKind_IsRefusedNotTakenForAWrongPassphrase(string header)
    {
        var text = KeyFiles.OldOpenSslP256.Replace("DEK-Info: AES-256-CBC,3395E017B201CB87461A5DD738E04334", header, StringComparison.Ordinal);
        using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(text));

        Refusal.Of(TrustError.InvalidKeyFile, () => file.Open("correct"u8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Ed25519AsNotaryWroteIt_IsTheSameKey(bool isPkcs8)
    {
        using var key = SigningKeys.Generate(SignatureScheme.Ed25519);
        byte[] content = [.. key.Material.Span, .. key.ExportPkcs8()[^32..], .. key.Material.Span];
        // SEQUENCE { 0, SEQUENCE { OID 1.3.6.1.4.1.11591.15.1 }, OCTET STRING of 96 bytes }
        byte[] pkcs8 = [0x30, 0x72, 2, 1, 0, 0x30, 0x0b, 6, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1, 4, 0x60, .. content];
        var pem = PemEncoding.WriteString(isPkcs8 ? "PRIVATE KEY" : "ED25519 PRIVATE KEY", isPkcs8 ? pkcs8 : content);

        using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(pem));
        using var opened = file.Open(""u8);

        Assert.Equal(key.Material.ToArray(), opened.Material.ToArray());
        AssertSigns(opened);
        content[0] ^= 1;
        using var damaged = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(PemEncoding.WriteString("ED25519 PRIVATE KEY", content)));
        Refusal.Of(TrustError.InvalidKeyFile, () => damaged.Open(""u8));
    }

    [Fact]
    public void Open_Scrypt_IsRefusedNotTakenForAWrongPassphrase()
    {
        using var file = PrivateKeyFile.Parse(Encoding.ASCII.GetBytes(KeyFiles.ScryptP256));

        Refusal.Of(TrustError.InvalidKeyFile, () => file.Open("correct"u8));
    }

    [Fact]
    public void Open_TooManyRounds_IsRefusedBeforeAnyWork()
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        var der = Der(PrivateKeyFile.Write(key, "p"u8, 0x010203));
        var place = der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x02, 0x03, 0x01, 0x02, 0x03]);
        new byte[] { 0x02, 0x03, 0x7F, 0xFF, 0xFF }.CopyTo(der, place);

        using var file = PrivateKeyFile.Parse(Pem(der));

        Refusal.Of(TrustError.InvalidKeyFile, () => file.Open("p"u8));
    }

    [Fact]
    public void Parse_TooLarge_IsRefused() =>
        Refusal.Of(TrustError.TooLarge, () => PrivateKeyFile.Parse(new byte[PrivateKeyFile.MaxBytes + 1]));

    [Theory]
    [InlineData(KeyFiles.NotaryTargets)]
    [InlineData(KeyFiles.EncryptedEd25519)]
    [InlineData(KeyFiles.Sec1P384)]
    [InlineData(KeyFiles.Pkcs8Ed25519)]
    [InlineData(KeyFiles.OldOpenSslP256)]
    public void Open_MutatedFile_OnlyEverRefuses(string text) => Property.ForAll(1000, random =>
    {
        var mutated = Encoding.UTF8.GetBytes(Mutation.Of(text, random));

        Refusal.IsAccepted(() =>
        {
            using var file = PrivateKeyFile.Parse(mutated);
            using var key = file.Open("correct"u8);
        });
    });

    [Fact]
    public void Open_MutatedContent_OnlyEverRefuses()
    {
        var der = Der(Encoding.ASCII.GetBytes(KeyFiles.EncryptedP256));
        Property.ForAll(300, random =>
        {
            var mutated = (byte[])der.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            using var file = PrivateKeyFile.Parse(Pem(mutated));

            Refusal.IsAccepted(() => file.Open("correct"u8).Dispose());
        });
    }

    private static void AssertSigns(IExportableKey key) =>
        Assert.True(SignatureVerifier.Verify(TufFormat.Instance.DescribeKey(key.Scheme, key.Material), Message, key.Sign(Message)));

    private static byte[] Der(byte[] pem)
    {
        var text = Encoding.ASCII.GetString(pem);
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    }

    private static byte[] Pem(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", der) + "\n");
}
