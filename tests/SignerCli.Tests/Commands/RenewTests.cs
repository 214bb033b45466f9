using System.Text.Json;
using TrustService.Cli.Home;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Security cases B 24 and 25: who holds the keys can always repair what has expired.</summary>
public sealed class RenewTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;

    private SigningWorld World { get; set; } = null!;

    private SignerMachine Verifier { get; set; } = null!;

    public async Task InitializeAsync() => World = await SigningWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Case24_ExpiredRootAndTargets_AreRenewedTogetherByTheirOwner(string format)
    {
        await BeginAsync(format);
        await AdvanceAsync(TimeSpan.FromDays(11 * 365));
        await VerifyAsync(12);
        Assert.Contains("expired", (await World.Owner.RunAsync("inspect", Repository)).Messages + (await World.Owner.RunAsync("inspect", Repository)).Results, StringComparison.OrdinalIgnoreCase);

        var renew = await World.Owner.RunAsync("renew", Repository, "-y");

        Assert.True(renew.ExitCode == 0, renew.Messages);
        Assert.Equal($"{Repository}  published root 2, targets 3\n", renew.Results);
        await VerifyAsync(0);
        Assert.Equal($"{Repository}  nothing to do\n", (await World.Owner.RunAsync("renew", Repository, "-y")).Results);
    }

    [Fact]
    public async Task Case25_ExpiredTargets_AreRenewedWithTheTargetsKeyAlone()
    {
        await BeginAsync("tuf");
        foreach (var file in Directory.GetFiles(World.Owner.Keys, "root-*"))
            File.Delete(file);
        await AdvanceAsync(TimeSpan.FromDays(400));
        await VerifyAsync(12);

        var renew = await World.Owner.RunAsync("renew", "--all-mine", "-y");

        Assert.True(renew.ExitCode == 0, renew.Messages);
        Assert.Equal($"{Repository}  published targets 3\n", renew.Results);
        await VerifyAsync(0);
    }

    [Fact]
    public async Task Renew_AllMine_LeavesOutWhatWasNeverPublished()
    {
        await BeginAsync("tuf");
        World.Owner.AddQuickKey("bad", "targets", "registry.example.com/team/bad");

        var renew = await World.Owner.RunAsync("renew", "--all-mine", "-y");

        Assert.True(renew.ExitCode == 0, renew.Messages);
        Assert.Equal($"{Repository}  nothing to do\n", renew.Results);
        Assert.Contains("registry.example.com/team/bad is left out", renew.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_AllMine_RepositoryThatIsPublishedButNotPinned_IsRefused()
    {
        await BeginAsync("tuf");
        Directory.Delete(Path.Combine(World.Owner.Home, "roots"), recursive: true);

        var renew = await World.Owner.RunAsync("renew", "--all-mine", "-y", "-o", "json");

        Assert.Equal("root-not-pinned", renew.ErrorCode);
    }

    [Fact]
    public async Task Case24_ExpiredRootWithoutItsKey_SaysWhoMustActFirst()
    {
        await BeginAsync("tuf");
        foreach (var file in Directory.GetFiles(World.Owner.Keys, "root-*"))
            File.Delete(file);
        await AdvanceAsync(TimeSpan.FromDays(11 * 365));

        var renew = await World.Owner.RunAsync("renew", Repository, "-y", "-o", "json");

        Assert.Equal("expired", renew.ErrorCode);
        Assert.Contains("renew --role root", renew.Json[0].GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("key-not-found", (await World.Owner.RunAsync("renew", Repository, "--role", "root", "-y", "-o", "json")).ErrorCode);
    }

    [Fact]
    public async Task ServerThatWentBack_GetsNothingSignedAnewThatWasRevoked()
    {
        await BeginAsync("tuf");
        Assert.Equal(0, (await World.SignAsync("bad", "bad")).ExitCode);
        await using var old = await World.Server.CopyAsync(World.Time);
        Assert.Equal(0, (await World.Owner.RunAsync("revoke", $"{Repository}:bad", "-y")).ExitCode);

        World.Owner.Environment["SIGNER_SERVER"] = old.Url;
        var renew = await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y", "-o", "json");
        var rotate = await World.Owner.RunAsync("key", "rotate", "targets", Repository, "-y", "-o", "json");

        Assert.Equal("version-rollback", renew.ErrorCode);
        Assert.Contains("signer recover", renew.Json[0].GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("version-rollback", rotate.ErrorCode);
        Assert.Single(Directory.GetFiles(World.Owner.Keys, "targets-*.pem"));
    }

    [Fact]
    public async Task ServerThatWentBack_GetsNoTargetsSignedAnewWithAProposedRoot()
    {
        await BeginAsync("tuf");
        Assert.Equal(0, (await World.SignAsync("bad", "bad")).ExitCode);
        await using var old = await World.Server.CopyAsync(World.Time);
        Assert.Equal(0, (await World.Owner.RunAsync("revoke", $"{Repository}:bad", "-y")).ExitCode);
        var proposal = Path.Combine(World.Owner.Root, "root-2.proposal");
        _ = await World.Owner.SucceedsAsync("key", "rotate", "targets", Repository, "--propose", proposal, "-y");

        World.Owner.Environment["SIGNER_SERVER"] = old.Url;
        var refused = await World.Owner.RunAsync("root", "publish", proposal, "-y", "-o", "json");
        var published = await PublishedAsync(old);
        World.Owner.Environment["SIGNER_SERVER"] = World.Server.Url;
        _ = await World.Owner.SucceedsAsync("root", "publish", proposal, "-y");

        Assert.Equal("version-rollback", refused.ErrorCode);
        Assert.Equal((1, 3), published);
        Assert.Equal((2, 5), await PublishedAsync(World.Server));
    }

    [Fact]
    public async Task ServerWithTheSameVersionAndOtherBytes_GetsNothingSignedAnew()
    {
        await BeginAsync("tuf");
        await using var other = await World.Server.CopyAsync(World.Time);
        Assert.Equal(0, (await World.SignAsync("good", "good")).ExitCode);
        var thief = World.NewMachine();
        PrivateFiles.EnsureDirectory(thief.Keys);
        foreach (var file in Directory.GetFiles(World.Owner.Keys, "targets-*"))
            File.Copy(file, Path.Combine(thief.Keys, Path.GetFileName(file)));
        thief.Environment["SIGNER_SERVER"] = other.Url;
        _ = await thief.SucceedsAsync("root", "export", Repository, "--tofu");
        _ = await thief.SucceedsAsync("sign", World.Layout("evil", "evil"), "--as", $"{Repository}:evil", "-y");

        World.Owner.Environment["SIGNER_SERVER"] = other.Url;
        var renew = await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y", "-o", "json");
        var rotate = await World.Owner.RunAsync("key", "rotate", "targets", Repository, "-y", "-o", "json");

        Assert.Equal("version-taken", renew.ErrorCode);
        Assert.Contains("signer recover", renew.Json[0].GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("version-taken", rotate.ErrorCode);
        Assert.Equal((1, 3), await PublishedAsync(other));
    }

    [Fact]
    public async Task ExpiredTimestamp_TellsNobodyWhatIsLatestSoThatTargetsAreSignedOnlyWhenAskedByName()
    {
        await BeginAsync("tuf");
        World.Time.Now += TimeSpan.FromDays(30);

        var renew = await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y", "-o", "json");

        var sign = (await World.SignAsync("9.0")).Json[0].GetProperty("error");
        Assert.Equal("expired", sign.GetProperty("code").GetString());
        Assert.Contains($"signer renew {Repository} --role root", sign.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("expired", renew.ErrorCode);
        Assert.Contains("--accept-stale", renew.Json[0].GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await World.Owner.RunAsync("renew", Repository, "--role", "targets", "--accept-stale", "-y")).ExitCode);
    }

    [Fact]
    public async Task RepositoryThatItsOwnerBeganAnew_IsNoServerThatWentBack()
    {
        await BeginAsync("tuf");
        Assert.Equal(0, (await World.SignAsync("2.0", "two")).ExitCode);
        using (var http = new HttpClient())
            Assert.True((await http.DeleteAsync(new Uri($"{World.Server.Url}/api/v1/repositories/{Repository}"))).IsSuccessStatusCode);
        Assert.Equal(0, (await World.Owner.RunAsync("init", Repository, "-y")).ExitCode);

        var renew = await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y");

        Assert.True(renew.ExitCode == 0, renew.Messages);
    }

    private async Task BeginAsync(string format)
    {
        World.Owner.AddQuickKey("root", "root", Repository);
        World.Owner.AddQuickKey("targets", "targets", Repository);
        Assert.Equal(0, (await World.Owner.RunAsync("init", Repository, "--format", format)).ExitCode);
        Assert.Equal(0, (await World.SignAsync("1.0")).ExitCode);
        Verifier = World.NewMachine();
        Assert.Equal(0, (await Verifier.RunAsync("root", "export", Repository, "--tofu")).ExitCode);
        await VerifyAsync(0);
    }

    private static async Task<(long Root, long Targets)> PublishedAsync(TrustServerHost server)
    {
        using var http = new HttpClient();
        return (await HighestAsync("root"), await HighestAsync("targets"));

        async Task<long> HighestAsync(string role)
        {
            using var history = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{server.Url}/api/v1/repositories/{Repository}/history?role={role}")));
            return history.RootElement.GetProperty("files").EnumerateArray().Max(file => file.GetProperty("version").GetInt64());
        }
    }

    private async Task AdvanceAsync(TimeSpan time)
    {
        World.Time.Now += time;
        await World.Server.RenewAsync();
    }

    private async Task VerifyAsync(int exitCode)
    {
        var verify = await Verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry");
        Assert.True(verify.ExitCode == exitCode, verify.Messages);
    }
}
