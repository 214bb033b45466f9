using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Pkcs11;

[Collection(TokenGroup.Name)]
public sealed class TokenKeyTests(TokenWorld tokens) : IDisposable
{
    private readonly SignerMachine machine = new() { Environment = { ["SIGNER_PKCS11_PIN"] = SoftHsm.Pin } };

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("p256", "ecdsa-sha2-nistp256")]
    [InlineData("p384", "ecdsa-sha2-nistp384")]
    [InlineData("rsa", "rsassa-pss-sha256")]
    [InlineData("careful", "ecdsa-sha2-nistp256")]
    public async Task Import_EveryKind_SignsOnceAndIsFoundByItsLabel(string label, string scheme)
    {
        var imported = await machine.RunAsync("key", "import", TokenWorld.Uri(label), "--label", "hsm", "--role", "root", "-o", "json");

        Assert.Equal(0, imported.ExitCode);
        var key = Assert.Single((await machine.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray());
        Assert.Equal(("token", scheme, TokenWorld.Uri(label)), (key.GetProperty("origin").GetString(), key.GetProperty("scheme").GetString(), key.GetProperty("uri").GetString()));
        Assert.Contains("BEGIN PUBLIC KEY", (await machine.RunAsync("key", "export", "hsm")).Results, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "key-not-found")]
    [InlineData("twin", "usage")]
    [InlineData("small", "key-unavailable")]
    [InlineData("alone", "key-not-found")]
    public async Task Import_NotOneUsableKey_IsRefusedAndNothingIsNoted(string label, string code)
    {
        Assert.Equal(code, (await machine.RunAsync("key", "import", TokenWorld.Uri(label), "-o", "json")).ErrorCode);
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Fact]
    public async Task Import_NoSuchToken_NamesThoseThatAreThere()
    {
        var run = await machine.RunAsync("key", "import", TokenWorld.Uri("p256", "absent"), "-o", "json");

        Assert.Equal("key-unavailable", run.ErrorCode);
        Assert.Contains("token=vault", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pkcs11:token=vault;object=p256?module-path=/nowhere/x.so", "key-unavailable")]
    [InlineData("pkcs11:token=vault;object=p256?module-path=/etc/passwd", "key-unavailable")]
    [InlineData("pkcs11:token=vault;object=p256", "usage")]
    public async Task Import_NoModule_IsRefused(string uri, string code) =>
        Assert.Equal(code, (await machine.RunAsync("key", "import", uri, "-o", "json")).ErrorCode);

    [Fact]
    public async Task Open_WrongPinOfTheEnvironment_IsTriedOnceOnly()
    {
        machine.Environment["SIGNER_PKCS11_PIN"] = "wrong pin";
        machine.Terminal.Answer(SoftHsm.Pin);

        var run = await machine.RunAsync("key", "import", TokenWorld.Uri("p256"), "-o", "json");

        Assert.Equal("wrong-passphrase", run.ErrorCode);
        Assert.Contains("tried once", run.Messages, StringComparison.Ordinal);
        Assert.Empty(machine.Terminal.Questions);
        Assert.DoesNotContain("wrong pin", machine.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WrongPinAtThePrompt_IsAskedAgainWithAWarning()
    {
        machine.Environment.Remove("SIGNER_PKCS11_PIN");
        machine.Terminal.Answer("wrong pin", SoftHsm.Pin);

        var run = await machine.RunAsync("key", "import", TokenWorld.Uri("p256"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, machine.Terminal.Questions.Count);
        Assert.Contains("few tries are left", machine.Terminal.Questions[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PinFile_ComesBeforeEverythingElse()
    {
        machine.Environment["SIGNER_PKCS11_PIN"] = "wrong pin";
        var file = machine.WriteFile("pin", SoftHsm.Pin + "\n");

        Assert.Equal(0, (await machine.RunAsync("key", "import", $"{TokenWorld.Uri("p256")}&pin-source=file:{file}")).ExitCode);
    }

    [Fact]
    public async Task Case59_PinTypedOnATerminal_IsNotShown()
    {
        using var program = new TerminalProgram(machine, $"key import '{TokenWorld.Uri("p256")}' --label hsm", tokens.Environment);

        // What another test did before may stand in the question: how many tries are left.
        await program.AnswerAsync(": ", SoftHsm.Pin);
        var (exitCode, shown) = await program.FinishAsync();

        Assert.True(exitCode == 0, shown);
        Assert.DoesNotContain(SoftHsm.Pin, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(SoftHsm.Pin, File.ReadAllText(Directory.GetFiles(machine.Keys).Single()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoPinAnywhere_IsRefused()
    {
        machine.Environment.Remove("SIGNER_PKCS11_PIN");

        Assert.Equal("passphrase-needed", (await machine.RunAsync("key", "import", TokenWorld.Uri("p256"), "-o", "json")).ErrorCode);
    }

    [Fact]
    public async Task Case3_OneKeyByTwoReferences_IsNotedOnce()
    {
        Assert.Equal(0, (await machine.RunAsync("key", "import", TokenWorld.Uri("p256"), "--label", "a")).ExitCode);

        var again = await machine.RunAsync("key", "import", $"pkcs11:token=vault;id=%01?module-path={SoftHsm.Module}", "--label", "b", "-o", "json");

        Assert.Equal("already-exists", again.ErrorCode);
    }

    [Theory]
    [InlineData("passwd", "hsm")]
    [InlineData("export", "hsm", "--private", "--out", "/nowhere/key.pem")]
    public async Task Copying_KeyOfAToken_IsRefused(params string[] command)
    {
        Assert.Equal(0, (await machine.RunAsync("key", "import", TokenWorld.Uri("p256"), "--label", "hsm")).ExitCode);

        Assert.Equal("usage", (await machine.RunAsync(["key", .. command, "-o", "json"])).ErrorCode);
    }

    [Theory]
    [InlineData("rsa", "tuf")]
    [InlineData("p256", "notary")]
    public async Task Sign_RootAndTargetsInTheToken_VerifiesElsewhere(string label, string format)
    {
        await using var world = await SigningWorld.StartAsync();
        world.Owner.Environment["SIGNER_PKCS11_PIN"] = SoftHsm.Pin;
        Assert.Equal(0, (await world.Owner.RunAsync("key", "import", TokenWorld.Uri(label), "--label", "root", "--role", "root")).ExitCode);

        var begun = await world.Owner.RunAsync("init", SigningWorld.Repository, "--format", format, "--root-key", "root", "--targets-key", TokenWorld.Uri("careful"));
        Assert.True(begun.ExitCode == 0, begun.Messages);
        var signed = await world.Owner.RunAsync("sign", world.Layout("image", "content"), "--as", $"{SigningWorld.Repository}:1.0", "-y", "--key", TokenWorld.Uri("careful"));
        Assert.True(signed.ExitCode == 0, signed.Messages);

        var verifier = world.NewMachine();
        Assert.Equal(0, (await verifier.RunAsync("verify", $"{SigningWorld.Repository}:1.0", "--no-registry", "--root", begun.Results.Trim())).ExitCode);
        var listed = Assert.Single((await world.Owner.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray());
        Assert.Equal(world.Time.GetUtcNow(), listed.GetProperty("lastUsed").GetDateTimeOffset());
        Assert.DoesNotContain(SoftHsm.Pin, world.Owner.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootSign_HolderWithAToken_IsFoundByItself()
    {
        await using var world = await SigningWorld.StartAsync();
        var holder = world.Owner;
        holder.Environment["SIGNER_PKCS11_PIN"] = SoftHsm.Pin;
        var proposal = Path.Combine(holder.Root, "root-1.proposal");
        string[][] commands =
        [
            ["key", "import", TokenWorld.Uri("p384"), "--label", "alice", "--role", "root"],
            ["key", "generate", "release", "--role", "targets"],
            ["root", "init", SigningWorld.Repository, "--holder", "alice=alice", "--threshold", "1", "--targets-key", "release", "--out", proposal],
            ["root", "sign", proposal, "-y"],
            ["root", "publish", proposal, "-y"],
            ["inspect", SigningWorld.Repository],
        ];

        foreach (var command in commands)
        {
            var run = await holder.RunAsync(command);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}\n{run.Messages}");
        }

        var key = Assert.Single((await holder.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray(), entry => entry.GetProperty("origin").GetString() == "token");
        Assert.Equal(SigningWorld.Repository, Assert.Single(key.GetProperty("repositories").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Sign_OtherKeyTookThePlace_IsNotUsed()
    {
        await using var world = await SigningWorld.StartAsync();
        world.Owner.Environment["SIGNER_PKCS11_PIN"] = SoftHsm.Pin;
        Assert.Equal(0, (await world.Owner.RunAsync("key", "import", TokenWorld.Uri("p256"), "--label", "root", "--role", "root")).ExitCode);
        var description = Directory.GetFiles(world.Owner.Keys, "*.json").Single();
        File.WriteAllText(description, File.ReadAllText(description).Replace("object=p256", "object=careful", StringComparison.Ordinal));

        var run = await world.Owner.RunAsync("init", SigningWorld.Repository, "--root-key", "root", "-o", "json");

        Assert.Equal("key-unavailable", run.ErrorCode);
        Assert.Contains("is not one of the key", run.Messages, StringComparison.Ordinal);
    }
}
