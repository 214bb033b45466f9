using System.Net;
using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Server.Tests.Endpoints;
using TrustService.Testing;

namespace TrustService.Server.Tests.Background;

/// <summary>Security case F 57: what a copy of the database is worth, and how a lost key is replaced.</summary>
public sealed class KeyLossTests : HostileUpload
{
    [Fact]
    public async Task Case57_DatabaseWithoutItsMasterKey_SignsNothingAndIsRepairedByANewRoot()
    {
        await ReplaceMasterKeyAsync();

        await RefusedAsync(TrustError.OnlineKeyUnavailable, ("targets", Owner.TargetsFile(2)));
        await Owner.AskForKeysAsync(Server.Client);

        Assert.Equal(new() { ["root"] = 2, ["targets"] = 2, ["snapshot"] = 2, ["timestamp"] = 2 }, await AcceptedAsync(("root", Owner.RootFile(2)), ("targets", Owner.TargetsFile(2))));
    }

    [Fact]
    public async Task Case57_RepositoryWhoseKeyCannotBeOpened_DoesNotKeepOthersFromRenewal()
    {
        await ReplaceMasterKeyAsync();
        using var other = new RepositoryBuilder(Server.Clock, "registry.example.com/other");
        await other.InitAsync(Server.Client);
        Server.Clock.Advance(TimeSpan.FromDays(8));

        await Server.RestartAsync();

        Assert.Contains("\"version\":2", await Server.Client.GetStringAsync($"{other.MetadataPath}/timestamp.json"), StringComparison.Ordinal);
        Assert.Contains("trust_renewals_total{result=\"online-key-unavailable\"} 1", await Server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Server.Client.GetAsync("/readyz")).StatusCode);
    }

    private async Task ReplaceMasterKeyAsync()
    {
        var path = Path.Combine(Server.Directory, "data", "master.key");
        await File.WriteAllBytesAsync(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        await Server.RestartAsync();
    }
}
