using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Security cases B: versions and time, at the publish route.</summary>
public sealed class HostileVersionTests : HostileUpload
{
    [Fact]
    public async Task Case14_LoweredVersion_IsAConflictThatNamesTheCurrentOnes()
    {
        await AcceptedAsync(("targets", Owner.TargetsFile(5, "1.0")));

        var problem = await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(4, "evil"))).RefusedAsync(TrustError.PublishConflict);

        Assert.Equal(5, (int?)problem["versions"]!["targets"]);
        Assert.Equal(1, (int?)problem["versions"]!["root"]);
        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(1, "1.0"))).RefusedAsync(TrustError.PublishConflict);
    }

    [Fact]
    public async Task Case14_RemovedDelegation_StaysListedInSnapshot()
    {
        var key = Owner.NewKey();
        var targets = Owner.Targets(2);
        Delegate(targets, "releases", 1, "*", key);
        await AcceptedAsync(("targets", Sign(targets, Owner.TargetsKey)), ("releases", Sign(Owner.Targets(1, "2.0"), key)));

        await AcceptedAsync(("targets", Owner.TargetsFile(3)));

        var snapshot = JsonNode.Parse(await Server.Client.GetStringAsync($"{Owner.MetadataPath}/3.snapshot.json"))!;
        Assert.Equal(1, (int?)snapshot["signed"]!["meta"]!["releases.json"]!["version"]);
        await Owner.PublishAsync(Server.Client, ("releases", Sign(Owner.Targets(2, "2.0"), key))).RefusedAsync(TrustError.RoleNotListed);
    }

    [Fact]
    public async Task Case15_RootThatSkipsAVersion_IsRefused()
    {
        await RefusedAsync(TrustError.VersionMismatch, ("root", Owner.RootFile(3)));
        Assert.Equal(2, (await AcceptedAsync(("root", Owner.RootFile(2))))["root"]);
    }

    [Fact]
    public async Task Case15_FirstRootOfAnotherVersionThanOne_IsRefused()
    {
        using var other = new RepositoryBuilder(Server.Clock, "registry.example.com/other");
        await other.AskForKeysAsync(Server.Client);

        await other.PublishAsync(Server.Client, ("root", other.RootFile(2)), ("targets", other.TargetsFile())).RefusedAsync(TrustError.VersionMismatch);
    }

    [Fact]
    public async Task Case16_RefusedPublish_LeavesNothingThatBlocksTheNext()
    {
        var stranger = Owner.NewKey();
        await RefusedAsync(TrustError.ThresholdNotMet, ("root", Owner.RootFile(2)), ("targets", Sign(Owner.Targets(2, "evil"), stranger)));

        Assert.Equal(new() { ["root"] = 2, ["targets"] = 2, ["snapshot"] = 2, ["timestamp"] = 2 }, await AcceptedAsync(("root", Owner.RootFile(2)), ("targets", Owner.TargetsFile(2, "1.0"))));
    }

    [Theory]
    [InlineData("2147483647", TrustError.VersionJump)]
    [InlineData("1002", TrustError.VersionJump)]
    [InlineData("9007199254740991", TrustError.VersionJump)]
    [InlineData("9007199254740992", TrustError.MalformedMetadata)]
    [InlineData("9223372036854775807", TrustError.MalformedMetadata)]
    [InlineData("9223372036854775808", TrustError.MalformedMetadata)]
    [InlineData("-1", TrustError.MalformedMetadata)]
    [InlineData("0", TrustError.MalformedMetadata)]
    [InlineData("1e999", TrustError.MalformedJson)]
    [InlineData("2.0", TrustError.MalformedJson)]
    public async Task Case17_VersionOfAThief_IsRefusedAndTheOwnerGoesOn(string version, TrustError error)
    {
        var file = Encoding.UTF8.GetString(Sign(Owner.Targets(777), Owner.TargetsKey)).Replace(":777,", $":{version},", StringComparison.Ordinal);

        await RefusedAsync(error, ("targets", Encoding.UTF8.GetBytes(file)));
        Assert.Equal(2, (await AcceptedAsync(("targets", Owner.TargetsFile(2, "1.0"))))["targets"]);
    }

    [Fact]
    public async Task Case17_HighestAllowedJump_IsFollowedByAnHonestVersion()
    {
        Assert.Equal(1001, (await AcceptedAsync(("targets", Owner.TargetsFile(1001))))["targets"]);
        Assert.Equal(1002, (await AcceptedAsync(("targets", Owner.TargetsFile(1002))))["targets"]);
    }

    [Fact]
    public async Task Expiry_InThePastOrTooFarAhead_IsRefused()
    {
        var past = Owner.Targets(2);
        past["expires"] = "2029-12-31T23:59:59Z";
        var far = Owner.Targets(2);
        far["expires"] = "2099-01-01T00:00:00Z";

        await RefusedAsync(TrustError.Expired, ("targets", Sign(past, Owner.TargetsKey)));
        await RefusedAsync(TrustError.ExpiryTooFar, ("targets", Sign(far, Owner.TargetsKey)));
    }

    [Fact]
    public async Task Case24_ExpiredRoot_IsServedButNothingIsSignedUnderIt()
    {
        var timestamp = await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/timestamp.json");
        Server.Clock.Advance(TimeSpan.FromDays(366));
        await Server.RestartAsync();

        await Server.Client.UnmovedAsync(Owner.MetadataPath, timestamp);
        Assert.Contains(Server.Logs.Lines, line => line.StartsWith("Warning CannotRenew", StringComparison.Ordinal) && line.Contains("root 1 expired", StringComparison.Ordinal));
        var problem = await RefusedAsync(TrustError.Expired, ("targets", Owner.TargetsFile(2)));
        Assert.Contains("root 2", (string?)problem["hint"], StringComparison.Ordinal);
        Assert.Contains("trust_renewals_total{result=\"expired\"} 1", await Server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);

        Assert.Equal(2, (await AcceptedAsync(("root", Owner.RootFile(2)), ("targets", Owner.TargetsFile(2))))["timestamp"]);
    }
}
