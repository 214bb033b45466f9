using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.Tests.KeyStores;

/// <summary>Hostile cases 3 and 10 where people meet them: at the commands that name keys.</summary>
public sealed class SecurityCasesOfKeyCommands : IDisposable
{
    private readonly SignerMachine machine = new();

    public SecurityCasesOfKeyCommands() => machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Case3_OneKeyInFourEncodings_IsImportedOnce()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = key.ExportPkcs8PrivateKeyPem();
        Assert.Equal(0, (await machine.RunAsync("key", "import", machine.WriteFile("a.pem", pkcs8), "--label", "a")).ExitCode);

        foreach (var again in (string[])[pkcs8.Replace("\n", "\r\n", StringComparison.Ordinal), key.ExportECPrivateKeyPem(), key.ExportEncryptedPkcs8PrivateKeyPem("p", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 10))])
            Assert.Equal("already-exists", (await machine.RunAsync("key", "import", machine.WriteFile("b.pem", again), "--label", "b", "-o", "json")).ErrorCode);
        Assert.Single((await machine.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray());
    }

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Case3_OneKeyTwiceForASigner_IsRefusedBeforeAnythingIsPublished(string format)
    {
        await using var world = await SigningWorld.StartAsync();
        Assert.Equal(0, (await world.Owner.RunAsync("init", SigningWorld.Repository, "--format", format)).ExitCode);
        var (first, second) = TwoFilesOfOneKey(world.Owner);

        var run = await world.Owner.RunAsync("signer", "add", "alice", "--key", first, "--key", second, "--threshold", "2", SigningWorld.Repository, "-y", "-o", "json");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("One key is given 2 times", run.Messages, StringComparison.Ordinal);
        Assert.False(await HasSignerAsync(world));
    }

    [Fact]
    public async Task Case3_OneKeyForTwoHoldersOfARoot_IsRefused()
    {
        await using var world = await SigningWorld.StartAsync();
        var (first, second) = TwoFilesOfOneKey(world.Owner);
        var proposal = Path.Combine(world.Owner.Root, "root-1.proposal");

        var run = await world.Owner.RunAsync("root", "init", SigningWorld.Repository, "--holder", $"alice={first}", "--holder", $"bob={second}", "--threshold", "2", "--targets-key", OtherKey(world.Owner), "--out", proposal, "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.Contains("One key is given 2 times", run.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(proposal));
    }

    [Theory]
    [InlineData("PRIVATE KEY")]
    [InlineData("ENCRYPTED PRIVATE KEY")]
    public async Task Case10_PrivateKeyOfASigner_IsRefusedAndNeverSent(string form)
    {
        await using var world = await SigningWorld.WithRepositoryAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = form == "PRIVATE KEY" ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem("p", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 10));

        var run = await world.Owner.RunAsync("signer", "add", "alice", "--key", world.Owner.WriteFile("alice.pem", pem), SigningWorld.Repository, "-y", "-v", "-o", "json");

        Assert.Equal((2, "usage"), (run.ExitCode, run.Json.EnumerateArray().Select(entry => entry.GetProperty("error").GetProperty("code").GetString()).Distinct().Single()));
        Assert.DoesNotContain(pem.Split('\n')[1], run.Results + run.Messages, StringComparison.Ordinal);
        Assert.False(await HasSignerAsync(world));
    }

    [Fact]
    public async Task Case10_PrivateKeyOfARootHolder_IsRefused()
    {
        await using var world = await SigningWorld.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var run = await world.Owner.RunAsync("root", "init", SigningWorld.Repository, "--holder", $"alice={world.Owner.WriteFile("alice.pem", key.ExportPkcs8PrivateKeyPem())}", "--threshold", "1", "--targets-key", OtherKey(world.Owner), "--out", Path.Combine(world.Owner.Root, "p"), "-o", "json");

        Assert.Equal("usage", run.ErrorCode);
        Assert.Contains("holds a private key", run.Messages, StringComparison.Ordinal);
    }

    // No delegation, and so nothing to sign with it.
    private static async Task<bool> HasSignerAsync(SigningWorld world) =>
        (await world.Owner.RunAsync("signer", "list", SigningWorld.Repository, "-o", "json")).Results.Contains("alice", StringComparison.Ordinal);

    private static (string First, string Second) TwoFilesOfOneKey(SignerMachine machine)
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        var pem = KeyMaterial.ToPem(key.Scheme, key.Material.Span);
        return (machine.WriteFile("first.pub", pem), machine.WriteFile("second.pub", "\n" + pem.Replace("\n", "\r\n", StringComparison.Ordinal)));
    }

    private static string OtherKey(SignerMachine machine)
    {
        using var key = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        return machine.WriteFile("other.pub", KeyMaterial.ToPem(key.Scheme, key.Material.Span));
    }
}
