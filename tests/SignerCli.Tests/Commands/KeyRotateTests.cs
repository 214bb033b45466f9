using TrustService.Cli.Tests.Support;
using TrustService.Keys;

namespace TrustService.Cli.Tests.Commands;

/// <summary>New keys for every role, in both formats; a verifier that knows root 1 alone goes on, and one that saw everything before as well.</summary>
public sealed class KeyRotateTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;

    private SigningWorld World { get; set; } = null!;

    private SignerMachine Verifier { get; set; } = null!;

    public async Task InitializeAsync() => World = await SigningWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Rotate_EveryTopLevelRole_HasANewKeyAndEveryVerifierGoesOn(string format)
    {
        await BeginAsync(format);

        foreach (var (role, changed) in ((string, string[])[])[("targets", ["targets"]), ("online", ["snapshot", "timestamp"]), ("timestamp", ["timestamp"]), ("root", ["root"])])
        {
            var before = await RootAsync();

            var rotate = await World.Owner.RunAsync("key", "rotate", role, Repository, "-y", "-o", "json");

            Assert.True(rotate.ExitCode == 0, rotate.Messages + rotate.Results);
            Assert.Equal("rotated", rotate.Json[0].GetProperty("outcome").GetString());
            var after = await RootAsync();
            Assert.Equal(before.Version + 1, after.Version);
            Assert.Equal(changed, ((string[])["root", "snapshot", "targets", "timestamp"]).Where(name => before.Keys(name) != after.Keys(name)));
            await VerifyAsync();
        }
        Assert.Equal(0, (await World.SignAsync("2.0", "two")).ExitCode);
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:2.0", "--no-registry")).ExitCode);
    }

    [Fact]
    public async Task Rotate_WithoutTheRootKey_IsRefusedBeforeAKeyIsMade()
    {
        await BeginAsync("tuf");
        var stranger = World.NewMachine();
        await stranger.RunAsync("root", "export", Repository, "--tofu");

        var rotate = await stranger.RunAsync("key", "rotate", "targets", Repository, "-y", "-o", "json");

        Assert.Equal("key-not-found", rotate.ErrorCode);
        Assert.False(Directory.Exists(stranger.Keys));
    }

    [Theory]
    [InlineData("tuf", "ci")]
    [InlineData("notary", "targets/ci")]
    public async Task Rotate_DelegatedRole_SignsItsContentWithTheNewKeyWhereverItWasListed(string format, string role)
    {
        await BeginAsync(format);
        var ci = World.NewMachine();
        var former = ci.AddQuickKey("ci");
        await ci.RunAsync("root", "export", Repository, "--tofu");
        var publicKey = World.Owner.WriteFile("ci.pub", KeyMaterial.ToPem(former.Public!.Scheme, former.Public.Material.Span));
        Assert.Equal(0, (await World.Owner.RunAsync("signer", "add", "ci", "--key", publicKey, Repository, "-y")).ExitCode);
        string[] signing = format == "tuf" ? ["--role", "ci"] : [];
        Assert.Equal(0, (await ci.RunAsync(["sign", World.Layout("ci", "ci"), "--as", $"{Repository}:ci", "-y", .. signing])).ExitCode);
        World.Owner.AddQuickKey("ci-2");

        var rotate = await World.Owner.RunAsync("key", "rotate", role, Repository, "--key", "ci-2", "-y");

        Assert.True(rotate.ExitCode == 0, rotate.Messages);
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:ci", "--no-registry")).ExitCode);
        Assert.Equal("key-not-found", (await ci.RunAsync(["sign", World.Layout("ci", "ci"), "--as", $"{Repository}:ci2", "-y", "-o", "json", .. signing])).ErrorCode);
        Assert.Equal(0, (await World.Owner.RunAsync(["sign", World.Layout("ci", "ci"), "--as", $"{Repository}:ci3", "-y", .. signing])).ExitCode);
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:ci3", "--no-registry")).ExitCode);
    }

    [Fact]
    public async Task Rotate_FormerKey_SignsNoMore()
    {
        await BeginAsync("tuf");
        var thief = World.NewMachine();
        await thief.RunAsync("root", "export", Repository, "--tofu");
        thief.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
        var stolen = Directory.GetFiles(World.Owner.Keys, "targets-*.pem").Single();
        File.Copy(stolen, Path.Combine(thief.Root, "stolen.pem"));
        await World.Owner.RunAsync("key", "rotate", "targets", Repository, "-y");

        var run = await thief.RunAsync("sign", World.Layout("evil", "evil"), "--as", $"{Repository}:1.0", "--key", Path.Combine(thief.Root, "stolen.pem"), "-y", "-o", "json");

        Assert.Equal("key-not-found", run.ErrorCode);
        await VerifyAsync();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("targets")]
    public async Task Rotate_WithoutAYes_MakesNoKey(string role)
    {
        await BeginAsync("tuf");
        var keys = Directory.GetFiles(World.Owner.Keys).Order().ToList();
        var before = await RootAsync();

        var refused = await World.Owner.RunAsync("key", "rotate", role, Repository, "-o", "json");
        World.Owner.Terminal.Answer("n");
        var declined = await World.Owner.RunAsync("key", "rotate", role, Repository, "-o", "json");

        Assert.Equal(("usage", "declined"), (refused.ErrorCode, declined.ErrorCode));
        Assert.Contains($"{role}'s in {Repository}", Assert.Single(World.Owner.Terminal.Questions), StringComparison.Ordinal);
        Assert.Equal(keys, Directory.GetFiles(World.Owner.Keys).Order());
        Assert.Equal(before.Version, (await RootAsync()).Version);
    }

    [Fact]
    public async Task Rotate_KeyThatAnotherRoleNeedsTogetherWithOthers_IsRefusedBeforeAKeyIsMade()
    {
        await BeginAsync("tuf");
        var ci = World.Owner.AddQuickKey("ci");
        var bob = World.NewMachine().AddQuickKey("bob");
        string Pem(Cli.KeyStores.KeyEntry entry) => World.Owner.WriteFile($"{entry.Label}.pub", KeyMaterial.ToPem(entry.Public!.Scheme, entry.Public.Material.Span));
        Assert.Equal(0, (await World.Owner.RunAsync("signer", "add", "ci", "--key", Pem(ci), Repository, "-y")).ExitCode);
        Assert.Equal(0, (await World.Owner.RunAsync("signer", "add", "two", "--key", Pem(ci), "--key", Pem(bob), "--threshold", "2", Repository, "-y")).ExitCode);
        var keys = Directory.GetFiles(World.Owner.Keys).Order().ToList();

        var rotate = await World.Owner.RunAsync("key", "rotate", "ci", Repository, "-y", "-o", "json");

        Assert.Equal("key-not-found", rotate.ErrorCode);
        Assert.Contains("two is signed by", rotate.Messages, StringComparison.Ordinal);
        Assert.Equal(keys, Directory.GetFiles(World.Owner.Keys).Order());
    }

    [Fact]
    public async Task Rotate_ProposalIntoADirectoryThatIsNotThere_IsRefusedBeforeAKeyIsMade()
    {
        await BeginAsync("tuf");
        var keys = Directory.GetFiles(World.Owner.Keys).Order().ToList();

        var rotate = await World.Owner.RunAsync("key", "rotate", "root", Repository, "--propose", Path.Combine(World.Owner.Root, "nodir", "x"), "-y", "-o", "json");

        Assert.Equal("local-file", rotate.ErrorCode);
        Assert.Equal(keys, Directory.GetFiles(World.Owner.Keys).Order());
    }

    private async Task BeginAsync(string format)
    {
        World.Owner.AddQuickKey("root", "root", Repository);
        World.Owner.AddQuickKey("targets", "targets", Repository);
        Assert.Equal(0, (await World.Owner.RunAsync("init", Repository, "--format", format)).ExitCode);
        Assert.Equal(0, (await World.SignAsync("1.0")).ExitCode);
        Verifier = World.NewMachine();
        Assert.Equal(0, (await Verifier.RunAsync("root", "export", Repository, "--tofu")).ExitCode);
        await VerifyAsync();
    }

    private async Task VerifyAsync()
    {
        var verify = await Verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry");
        Assert.True(verify.ExitCode == 0, verify.Messages);
    }

    private async Task<(long Version, Func<string, string> Keys)> RootAsync()
    {
        var signed = (await World.Owner.RunAsync("root", "export", Repository, "-o", "json")).Json.GetProperty("root").GetProperty("signed");
        return (signed.GetProperty("version").GetInt64(), role => signed.GetProperty("roles").GetProperty(role).GetProperty("keyids").GetRawText());
    }
}
