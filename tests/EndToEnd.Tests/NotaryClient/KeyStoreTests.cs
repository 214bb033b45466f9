using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Keys that are listed, exported, imported and given, and repositories that are made and written with them.</summary>
public sealed class KeyStoreTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    [Fact]
    public async Task KeyExport_ImportedElsewhere_PublishesAndRotatesThere()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        var (newMachine, file) = (world.NewClient(), Path.Combine(owner.TrustDirectory, "all.pem"));

        await owner.DoAsync("key", "export", "-o", file);
        await newMachine.DoAsync("key", "import", file);

        Assert.Equal((await owner.KeysAsync()).Order(), (await newMachine.KeysAsync()).Order());
        await newMachine.PublishAsync("add", "-p", repository, "v2", owner.NewContent("two.bin", 10));
        (await newMachine.DoAsync("key", "rotate", repository, "targets")).Says("Successfully rotated targets key");
        Assert.Equal(["v1", "v2"], (await world.NewClient().ListAsync(repository)).Keys.Order());
    }

    [Fact]
    public async Task KeyExport_OfOneKey_HasItAlone()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var (_, keyId) = Assert.Single(await owner.KeysAsync(), key => key.Role == "targets");

        var export = await owner.DoAsync("key", "export", "--key", keyId);

        export.Says($"gun: {repository}").Says("role: targets").Says($"path: {keyId}");
        Assert.Single(export.Output.Split('\n'), "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    [Fact]
    public async Task KeyRemove_OfTheTargetsKey_LeavesAReader()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        var (_, keyId) = Assert.Single(await owner.KeysAsync(), key => key.Role == "targets");

        (await owner.ConfirmAsync("key", "remove", keyId)).Succeeds().Says($"Deleted {keyId}");

        var targets = await world.FileAsync(repository, "targets.json");
        Assert.NotEqual(0, (await owner.RunAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10))).ExitCode);
        Assert.Equal(targets, await world.FileAsync(repository, "targets.json"));
        await owner.DoAsync("reset", "--all", repository);
        Assert.Empty(await owner.ListAsync(repository));
    }

    [Fact]
    public async Task Init_WithAGivenRootKeyAndCertificate_PublishesThatCertificate()
    {
        var (owner, repository) = (world.NewClient(), NotaryWorld.NewName());
        using var root = new SigningCertificate(repository);

        await owner.PublishAsync("init", "-p", repository, "--rootkey", root.EncryptedKeyFile, "--rootcert", root.CertificateFile);

        var keys = (await world.SignedAsync(repository, "root")).GetProperty("keys").EnumerateObject().Select(entry => entry.Value).Where(entry => entry.GetProperty("keytype").GetString() == "ecdsa-x509");
        var certificate = Convert.FromBase64String(Assert.Single(keys).GetProperty("keyval").GetProperty("public").GetString()!);
        Assert.Contains("BEGIN CERTIFICATE", System.Text.Encoding.UTF8.GetString(certificate), StringComparison.Ordinal);
        Assert.Empty(await world.NewClient().ListAsync(repository));
    }

    [Fact]
    public async Task Init_WithACertificateOfAnotherRepository_IsRefused()
    {
        var (owner, repository) = (world.NewClient(), NotaryWorld.NewName());
        using var root = new SigningCertificate($"{repository}-other");

        Assert.NotEqual(0, (await owner.RunAsync("init", "-p", repository, "--rootkey", root.EncryptedKeyFile, "--rootcert", root.CertificateFile)).ExitCode);

        (await world.NewClient().RunAsync("list", repository)).Fails("does not have trust data");
    }
}
