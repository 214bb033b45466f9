using System.Globalization;
using System.Text.Json.Nodes;
using TrustService.Errors;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Delegated roles and key rotations that must work.</summary>
public sealed class DelegationTests : HostileUpload
{
    [Fact]
    public async Task DelegatedRole_PublishedLaterByItsOwner_IsServedUnderItsVersion()
    {
        var key = Owner.NewKey();
        var targets = Owner.Targets(2, "1.0");
        Delegate(targets, "releases", 1, "*", key);
        await AcceptedAsync(("targets", Sign(targets, Owner.TargetsKey)));
        var releases = Sign(Owner.Targets(1, "2.0"), key);

        var versions = await AcceptedAsync(("releases", releases));

        Assert.Equal(1, versions["releases"]);
        Assert.Equal(releases, await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/1.releases.json"));
        Assert.Equal(2, (await AcceptedAsync(("releases", Sign(Owner.Targets(2, "2.1"), key))))["releases"]);
    }

    [Fact]
    public async Task DelegatedRole_BelowAnotherOne_IsFoundThroughIt()
    {
        var (outer, inner) = (Owner.NewKey(), Owner.NewKey());
        var targets = Owner.Targets(2);
        Delegate(targets, "team", 1, "*", outer);
        var team = Owner.Targets();
        Delegate(team, "team-ci", 1, "*", inner);
        await AcceptedAsync(("targets", Sign(targets, Owner.TargetsKey)), ("team", Sign(team, outer)));
        await Server.RestartAsync();

        Assert.Equal(1, (await AcceptedAsync(("team-ci", Sign(Owner.Targets(1, "2.0"), inner))))["team-ci"]);
        await Owner.PublishAsync(Server.Client, ("team-ci", Sign(Owner.Targets(2), outer))).RefusedAsync(TrustError.ThresholdNotMet);
    }

    [Fact]
    public async Task DelegatedRole_ThatNobodyDelegatesTo_IsRefused() =>
        await RefusedAsync(TrustError.RoleNotListed, ("releases", Sign(Owner.Targets(), Owner.TargetsKey)));

    [Fact]
    public async Task DelegatedRole_WhileAnotherHasExpired_CanBePublished()
    {
        var (first, second) = (Owner.NewKey(), Owner.NewKey());
        var targets = Owner.Targets(2);
        Delegate(targets, "first", 1, "a*", first);
        Delegate(targets, "second", 1, "b*", second);
        await AcceptedAsync(("targets", Sign(targets, Owner.TargetsKey)), ("first", Sign(Owner.Targets(), first)));
        Server.Clock.Advance(TimeSpan.FromDays(200));
        await Server.RestartAsync();

        Assert.Equal(1, (await AcceptedAsync(("second", Sign(Owner.Targets(), second))))["second"]);
    }

    [Fact]
    public async Task HashBins_AllAtOnce_ArePublished()
    {
        var key = Owner.NewKey();
        var targets = Owner.Targets(2);
        DelegateToBins(targets, 2, key);
        var signed = Sign(targets, Owner.TargetsKey);
        (string, byte[])[] bins = [.. Enumerable.Range(0, 4).Select(i => (string.Create(CultureInfo.InvariantCulture, $"bin-{i}"), Sign(Owner.Targets(), key)))];

        await RefusedAsync(TrustError.RoleNotListed, [("targets", signed), .. bins[..3]]);
        Assert.Equal(8, (await AcceptedAsync([("targets", signed), .. bins])).Count);
    }

    [Fact]
    public async Task OnlineKeys_Rotated_SignFromTheNewRootOn()
    {
        var before = (string?)(await JsonAsync("keys/timestamp"))["keyid"];
        await Owner.AskForKeysAsync(Server.Client);
        var again = KeyId(Owner.TimestampKeys[0]);
        Assert.NotEqual(before, again);
        await Owner.AskForKeysAsync(Server.Client);
        Assert.Equal(again, KeyId(Owner.TimestampKeys[0]));

        var versions = await AcceptedAsync(("root", Owner.RootFile(2)));

        Assert.Equal(new() { ["root"] = 2, ["targets"] = 1, ["snapshot"] = 2, ["timestamp"] = 2 }, versions);
        var timestamp = await JsonAsync("metadata/timestamp.json");
        Assert.Equal(again, (string?)timestamp["signatures"]![0]!["keyid"]);
        Assert.Equal(again, (string?)(await JsonAsync("keys/timestamp"))["keyid"]);
    }

    private async Task<JsonObject> JsonAsync(string path) => JsonNode.Parse(await Server.Client.GetStringAsync($"/tuf/{Owner.Name}/{path}"))!.AsObject();
}
