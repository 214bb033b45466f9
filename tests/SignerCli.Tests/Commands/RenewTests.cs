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

    private async Task BeginAsync(string format)
    {
        Assert.Equal(0, (await World.Owner.RunAsync("init", Repository, "--format", format)).ExitCode);
        Assert.Equal(0, (await World.SignAsync("1.0")).ExitCode);
        Verifier = World.NewMachine();
        Assert.Equal(0, (await Verifier.RunAsync("root", "export", Repository, "--tofu")).ExitCode);
        await VerifyAsync(0);
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
