using System.Security.Cryptography;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.KeyStores;

public sealed class PublicKeysTests : IDisposable
{
    private readonly SignerMachine machine = new();
    private readonly PublicKeys keys;

    public PublicKeysTests()
    {
        Func<string, string?> environment = name => machine.Environment.GetValueOrDefault(name);
        var home = SignerHome.Find(null, environment);
        keys = new PublicKeys(new KeyFinder(new FileKeyStore(home.Keys, _ => { }), home, environment));
    }

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    [InlineData(SignatureScheme.Ed25519)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    public void Read_PublicPem_IsTheKey(SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme);
        var file = machine.WriteFile("key.pub", KeyMaterial.ToPem(key.Scheme, key.Material.Span));

        Assert.Equal(key.Describe(), keys.Read(file));
        Assert.Equal(key.Describe(), keys.Read("file://" + file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Case10_PrivateKeyWhereAPublicOneIsNeeded_IsRefusedAndNotShown(bool standsBesideThePublicOne)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = key.ExportPkcs8PrivateKeyPem();
        var file = machine.WriteFile("key.pub", standsBesideThePublicOne ? key.ExportSubjectPublicKeyInfoPem() + "\n" + secret : secret);

        var error = Assert.Throws<TrustException>(() => keys.Read(file));

        Assert.Equal(TrustError.Usage, error.Error);
        Assert.DoesNotContain(secret.Split('\n')[1], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Case3_OneKeyInTwoFiles_IsRefused()
    {
        var key = TestKeys.New();
        var pem = KeyMaterial.ToPem(key.Scheme, key.Material.Span);
        var files = new[] { machine.WriteFile("a.pub", pem), machine.WriteFile("b.pub", $"\n  \n{pem.Replace("\n", "\r\n", StringComparison.Ordinal)}\n\n") };

        Assert.Equal(TrustError.Usage, Assert.Throws<TrustException>(() => keys.ReadAll(files)).Error);
        Assert.Equal(2, keys.ReadAll([files[0], machine.WriteFile("c.pub", OtherPem())]).Count);
    }

    [Fact]
    public async Task Read_LabelOfAKeyOfThisUser_NeedsNoPassphrase()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        var made = await machine.RunAsync("key", "generate", "alice");

        Assert.Equal(made.Results.Trim(), keys.Read("alice").Id.Value);
    }

    private static string OtherPem()
    {
        var other = TestKeys.New();
        return KeyMaterial.ToPem(other.Scheme, other.Material.Span);
    }
}
