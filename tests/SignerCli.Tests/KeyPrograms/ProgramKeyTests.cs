using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.KeyPrograms;

public sealed class ProgramKeyTests : IDisposable
{
    private readonly SignerMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Sign_RootAndTargetsBehindPrograms_VerifiesElsewhere()
    {
        await using var world = await SigningWorld.StartAsync();
        var targets = SigningProgram.New(world.Owner, "targets");
        Assert.Equal(0, (await world.Owner.RunAsync("key", "import", SigningProgram.New(world.Owner, "root"), "--label", "root", "--role", "root")).ExitCode);

        var begun = await world.Owner.RunAsync("init", SigningWorld.Repository, "--root-key", "root", "--targets-key", targets);
        Assert.True(begun.ExitCode == 0, begun.Messages);
        var signed = await world.Owner.RunAsync("sign", world.Layout("image", "content"), "--as", $"{SigningWorld.Repository}:1.0", "-y", "--key", targets);
        Assert.True(signed.ExitCode == 0, signed.Messages);

        Assert.Equal(0, (await world.NewMachine().RunAsync("verify", $"{SigningWorld.Repository}:1.0", "--no-registry", "--root", begun.Results.Trim())).ExitCode);
        var listed = Assert.Single((await world.Owner.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray());
        Assert.Equal("program", listed.GetProperty("origin").GetString());
        Assert.Equal(SigningWorld.Repository, listed.GetProperty("repositories")[0].GetString());
    }

    [Theory]
    [InlineData("cat >/dev/null; echo nonsense", "cannot be used")]
    [InlineData("cat >/dev/null; printf '{\"version\":1,\"publicKey\":\"x\"}{}'", "cannot be used")]
    [InlineData("cat >/dev/null; printf '{\"version\":1,\"publicKey\":\"x\",\"publicKey\":\"y\"}'", "cannot be used")]
    [InlineData("cat >/dev/null; printf '{\"version\":1,\"publicKey\":\"x\"}'", "no PEM")]
    [InlineData("cat >/dev/null; printf '{\"version\":2,\"publicKey\":\"x\"}'", "version")]
    [InlineData("cat >/dev/null; printf '{\"version\":1}'", "publicKey")]
    [InlineData("cat >/dev/null; printf '{\"version\":1,\"error\":\"the vault is sealed\"}'", "the vault is sealed")]
    [InlineData("cat >/dev/null; head -c 100000 /dev/zero", "more than 65536 bytes")]
    [InlineData("cat >/dev/null; echo 'no \\033[31mlogin' >&2; exit 3", "ended with 3")]
    [InlineData("exit 0", "cannot be used")]
    [InlineData("sleep 60", "did not answer within 1 s", "1s")]
    public async Task Import_ProgramMisbehaves_IsRefusedWithItsReason(string script, string reason, string timeout = "1m")
    {
        var program = SigningProgram.Of(machine, "program", script);

        var run = await machine.RunAsync("key", "import", program, "-o", "json", "--timeout", timeout);

        Assert.Equal("key-unavailable", run.ErrorCode);
        Assert.Contains(reason, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Messages);
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Fact]
    public async Task Import_ProgramLeavesSomethingRunning_IsJudgedByWhatItSaid()
    {
        var program = SigningProgram.Of(machine, "program", "cat >/dev/null; sleep 30 & printf '{\"version\":1,\"error\":\"the vault is sealed\"}'");

        var run = await machine.RunAsync("key", "import", program, "-o", "json", "--timeout", "20s");

        Assert.Equal("key-unavailable", run.ErrorCode);
        Assert.Contains("the vault is sealed", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SignatureOfAnotherKey_IsRefused()
    {
        var program = SigningProgram.New(machine);
        SigningProgram.New(machine, "other");
        File.Copy(Path.Combine(machine.Root, "other.pem"), Path.Combine(machine.Root, "sign-it.pem"), overwrite: true);

        var run = await machine.RunAsync("key", "import", program, "-o", "json");

        Assert.Equal("key-unavailable", run.ErrorCode);
        Assert.Contains("was not used", run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec:sign-it", "key-unavailable")]
    [InlineData("exec:./sign-it", "usage")]
    [InlineData("exec:", "usage")]
    [InlineData("exec:/etc/passwd", "key-unavailable")]
    public async Task Import_NoSuchProgram_IsRefused(string reference, string code)
    {
        SigningProgram.New(machine);
        machine.Environment["PATH"] = $".:{Path.GetRelativePath(Environment.CurrentDirectory, machine.Root)}";

        Assert.Equal(code, (await machine.RunAsync("key", "import", reference, "-o", "json")).ErrorCode);
    }

    [Fact]
    public async Task Import_NameInThePath_IsFoundThere()
    {
        SigningProgram.New(machine);
        machine.Environment["PATH"] = $"/nowhere:{machine.Root}";

        Assert.Equal(0, (await machine.RunAsync("key", "import", "exec:sign-it?key=release")).ExitCode);
    }
}
