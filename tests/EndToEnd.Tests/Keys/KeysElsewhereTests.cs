using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Keys;

/// <summary>Root and delegation keys that are not on the machine: they sign through the whole flow, and roots are rotated to another one.</summary>
public sealed class KeysElsewhereTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task SoftHsm_RootAndDelegationKeys_SignThroughTheWholeFlow(string format)
    {
        using var hsm = new SoftHsm();
        hsm.AddToken("vault");
        hsm.AddKey("vault", "root-1", "01");
        hsm.AddKey("vault", "root-2", "02");
        hsm.AddToken("ci");
        hsm.AddKey("ci", "alice", "01");
        var environment = new Dictionary<string, string> { [SoftHsm.Variable] = hsm.Configuration, ["SIGNER_PKCS11_MODULE"] = SoftHsm.Module, ["SIGNER_PKCS11_PIN"] = SoftHsm.Pin };

        await GoThroughAsync(format, environment, key => $"pkcs11:token={(key == "alice" ? "ci" : "vault")};object={key}", SoftHsm.Pin);
    }

    [Fact]
    public async Task VaultExample_RootAndDelegationKeys_SignThroughTheWholeFlow()
    {
        await using var vault = await TransitStub.StartAsync();

        await GoThroughAsync("tuf", vault.Environment, key => $"exec:{Checkout.File("examples", "vault-transit.sh")}?key={key}", TransitStub.Token);

        Assert.True(vault.Signatures > 5);
    }

    [Theory]
    [InlineData("p384-a", "ecdsa-sha2-nistp384")]
    [InlineData("rsa-a", "rsassa-pss-sha256")]
    [InlineData("ed25519-a@1", "ed25519")]
    public async Task VaultExample_OtherKindsOfKeys_Sign(string key, string scheme)
    {
        await using var vault = await TransitStub.StartAsync();
        using var person = new SignerTool(world.Server);
        foreach (var (name, value) in vault.Environment)
            person.Environment[name] = value;

        var imported = await person.DoAsync("key", "import", $"exec:{Checkout.File("examples", "vault-transit.sh")}?key={key}", "-o", "json");

        Assert.Equal(scheme, imported.Json.GetProperty("scheme").GetString());
        Assert.Equal(1, vault.Signatures);
    }

    [Fact]
    public async Task VaultExample_WrongTokenOrNoSuchKey_SaysWhatVaultSays()
    {
        await using var vault = await TransitStub.StartAsync();
        using var person = new SignerTool(world.Server);
        var reference = $"exec:{Checkout.File("examples", "vault-transit.sh")}?key=";

        Assert.Contains("VAULT_ADDR", (await person.RunAsync("key", "import", reference + "release")).Exits(1).Messages, StringComparison.Ordinal);
        foreach (var (name, value) in vault.Environment)
            person.Environment[name] = value;
        Assert.Contains("not the version", (await person.RunAsync("key", "import", reference + "release@x")).Exits(1).Messages, StringComparison.Ordinal);
        Assert.Contains("not the name", (await person.RunAsync("key", "import", reference + "..%2Fsys")).Exits(1).Messages, StringComparison.Ordinal);
        person.Environment["VAULT_TOKEN"] = "hvs.expired";
        var denied = (await person.RunAsync("key", "import", reference + "release")).Exits(1);
        Assert.Contains("permission denied", denied.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.expired", denied.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F59_ProgramThatSigns_SeesNoSecretAndCannotBeDumped()
    {
        using var person = new SignerTool(world.Server);
        var seen = person["seen"];
        var script = person["program.sh"];
        await File.WriteAllTextAsync(script, $"#!/bin/sh\ncat >/dev/null\n{{ env; tr '\\0' ' ' </proc/$PPID/cmdline; grep 'core file' /proc/$PPID/limits; }} >'{seen}'\necho '{{\"version\":1,\"error\":\"seen\"}}'\n");
        await ProgramRun.OfAsync("install", ["-m", "700", script, person["program"]], new Dictionary<string, string?>(), person.Home[..person.Home.LastIndexOf('/')]);
        person.Environment["RELEASE_KEY"] = "-----BEGIN PRIVATE KEY-----\nin-the-environment\n-----END PRIVATE KEY-----";
        person.Environment["SIGNER_PKCS11_PIN"] = "the pin of a token";
        person.Environment["VAULT_ADDR"] = "what it needs";

        await person.RunAsync("key", "import", $"exec:{person["program"]}?key=secret-name");

        var text = await File.ReadAllTextAsync(seen);
        Assert.Contains("VAULT_ADDR=what it needs", text, StringComparison.Ordinal);
        Assert.Matches(@"Max core file size\s+0\s+0", text);
        foreach (var secret in (string[])[SignerTool.RootPassphrase, SignerTool.TargetsPassphrase, "in-the-environment", "the pin of a token"])
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }

    private async Task GoThroughAsync(string format, IReadOnlyDictionary<string, string> environment, Func<string, string> reference, string secret)
    {
        var repository = world.NewName();
        using var owner = Person(environment);
        using var ci = Person(environment);
        var said = new List<SignerResult>();

        // The owner keeps the root key elsewhere, and lets a CI machine sign whose key is elsewhere as well.
        said.Add(await owner.DoAsync("key", "import", reference("root-1"), "--label", "root-1", "--role", "root"));
        said.Add(await owner.DoAsync("init", repository, "--format", format, "--root-key", "root-1", "-y"));
        said.Add(await ci.DoAsync("key", "import", reference("alice"), "--label", "alice"));
        var known = ci["alice.pub"];
        await File.WriteAllTextAsync(known, (await ci.DoAsync("key", "export", "alice")).Output);
        said.Add(await owner.DoAsync("signer", "add", "alice", "--key", known, repository, "-y"));
        var root = await owner.ExportRootAsync(repository);

        // It signs with its own key alone, which is found by itself.
        var image = world.Push(repository, "1.0");
        said.Add(await ci.DoAsync("sign", "-y", "--root", root, $"{repository}:1.0@{image.Digest}"));
        using var verifier = world.NewVerifier();
        await verifier.DoAsync("verify", "--root", root, $"{repository}:1.0");

        // The next root key is elsewhere, too; who started from root 1 goes on.
        said.Add(await owner.DoAsync("key", "rotate", "root", "--key", reference("root-2"), repository, "-y"));
        var next = world.Push(repository, "2.0");
        said.Add(await ci.DoAsync("sign", "-y", "--root", root, $"{repository}:2.0@{next.Digest}"));
        await verifier.DoAsync("verify", "--root", root, $"{repository}:2.0");

        Assert.Contains("root-1", (await owner.DoAsync("key", "list")).Output, StringComparison.Ordinal);
        Assert.All(said, run => Assert.DoesNotContain(secret, run.Output + run.Messages, StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFiles(owner.Home, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal));
    }

    private SignerTool Person(IReadOnlyDictionary<string, string> environment)
    {
        var person = new SignerTool(world.Server);
        foreach (var (name, value) in environment)
            person.Environment[name] = value;
        return person;
    }
}
