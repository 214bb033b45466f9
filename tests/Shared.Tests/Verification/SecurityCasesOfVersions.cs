using System.Globalization;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about versions, time and freshness, at the verifier's door.</summary>
public sealed class SecurityCasesOfVersions : IDisposable
{
    private readonly VerifierDoor door = new();

    private RepositorySimulator Repository => door.Repository;

    public void Dispose() => door.Dispose();

    [Fact]
    public async Task Case13_OlderTimestamp_IsRefused()
    {
        var old = Repository.Files["timestamp.json"];
        for (var i = 0; i < 8; i++)
            Repository.PublishTimestamp();
        await door.AcceptsAsync();
        Repository.Files["timestamp.json"] = old;

        Assert.Equal("timestamp", (await door.RefusesAsync(TrustError.VersionRollback)).Error!.Role);
    }

    [Fact]
    public async Task Case14_SnapshotListsOlderTargets_IsRefused()
    {
        Repository.Publish(RoleName.Targets);
        await door.AcceptsAsync();
        Repository.Targets[RoleName.Targets] = Repository.Targets[RoleName.Targets] with { Version = 2 };
        Repository.WriteTargets(RoleName.Targets);
        Repository.Publish();

        Assert.Equal("targets", (await door.RefusesAsync(TrustError.VersionRollback, ["timestamp.json"])).Error!.Role);
    }

    [Fact]
    public async Task Case14_SnapshotDropsARole_IsRefused()
    {
        var role = Repository.Delegate(RoleName.Targets, "team", ["2.*"]);
        Repository.Publish(RoleName.Targets, role);
        await door.AcceptsAsync();
        Repository.Snapshot = Repository.Snapshot with { Meta = Repository.Snapshot.Meta.Where(entry => entry.Key != role).ToDictionary() };
        Repository.Publish();

        Assert.Equal("team", (await door.RefusesAsync(TrustError.RoleRemoved, ["timestamp.json"])).Error!.Role);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(3)]
    [InlineData(2)]
    public async Task Case15_RootWithAnotherVersionThanTheNext_IsRefused(int version)
    {
        Repository.Rotate(RoleName.Root);
        Repository.Rotate(RoleName.Root);
        await door.AcceptsAsync();
        Repository.Rotate(RoleName.Timestamp);
        Repository.Root = Repository.Root with { Version = version };
        Repository.WriteRoot(Repository.Signers[RoleName.Root]);
        Repository.Files["4.root.json"] = Repository.Files[string.Create(CultureInfo.InvariantCulture, $"{version}.root.json")];

        Assert.Equal("root", (await door.RefusesAsync(TrustError.VersionMismatch)).Error!.Role);
    }

    [Theory]
    [InlineData("2.snapshot.json")]
    [InlineData("3.snapshot.json")]
    [InlineData("3.targets.json")]
    public async Task Case16_BadFileBehindAGoodTimestamp_BlocksNothingLater(string name)
    {
        await door.AcceptsAsync();
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        var honest = Repository.Files;
        var bad = name == "2.snapshot.json" ? "3.snapshot.json" : name;
        var good = honest[bad];
        honest[bad] = name == "2.snapshot.json" ? honest["2.snapshot.json"] : MetadataCorruptor.WithoutSignatures(good);

        await door.RefusesAsync(name == "2.snapshot.json" ? TrustError.VersionMismatch : TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json"]);

        honest[bad] = good;
        var outcome = await door.AcceptsAsync();
        Assert.Equal(3, outcome.Metadata.Single(status => status.Role == RoleName.Targets).Version);
    }

    [Theory]
    [InlineData("9007199254740992", TrustError.MalformedMetadata)]
    [InlineData("9223372036854775807", TrustError.MalformedMetadata)]
    [InlineData("9223372036854775808", TrustError.MalformedMetadata)]
    [InlineData("0", TrustError.MalformedMetadata)]
    [InlineData("-1", TrustError.MalformedMetadata)]
    [InlineData("1e999", TrustError.MalformedJson)]
    [InlineData("1e3", TrustError.MalformedJson)]
    [InlineData("7.0", TrustError.MalformedJson)]
    [InlineData("\"7\"", TrustError.MalformedMetadata)]
    public async Task Case17_VersionOutOfRange_IsRefused(string version, TrustError expected)
    {
        await door.AcceptsAsync();
        var signed = JsonNode.Parse(Repository.Files["timestamp.json"])!["signed"]!.ToJsonString();
        var current = $"\"version\":{Repository.Timestamp.Version}";
        var at = signed.LastIndexOf(current, StringComparison.Ordinal);
        Repository.Files["timestamp.json"] = MetadataCorruptor.SignText(signed, $"{signed[..at]}\"version\":{version}{signed[(at + current.Length)..]}", Repository.Signers[RoleName.Timestamp]);

        await door.RefusesAsync(expected);
    }

    [Fact]
    public async Task Case17_HighestVersionByAThief_IsUndoneByRotatingTheKeys()
    {
        Repository.Timestamp = Repository.Timestamp with { Version = 9_007_199_254_740_991 };
        Repository.Snapshot = Repository.Snapshot with { Version = 9_007_199_254_740_991 };
        Repository.WriteSnapshot();
        Repository.WriteTimestamp();
        await door.AcceptsAsync();

        Repository.Rotate(RoleName.Timestamp, RoleName.Snapshot);
        Repository.Snapshot = Repository.Snapshot with { Version = 3 };
        Repository.WriteSnapshot();
        Repository.Timestamp = Repository.Timestamp with { Version = 3 };
        Repository.WriteTimestamp();

        await door.AcceptsAsync();
        Repository.Publish(RoleName.Targets);
        await door.AcceptsAsync();
    }

    [Fact]
    public async Task Case18_ExpiredTimestampOffline_IsStale()
    {
        await door.AcceptsAsync();
        door.Source = null;
        door.Now = FixedTime.Start.AddDays(30);

        var outcome = await door.RefusesAsync(TrustError.Expired);

        Assert.Equal(Outcome.Stale, outcome.Outcome);
        Assert.Equal("fresh", outcome.Checks.Single(check => check.Status == CheckStatus.Fail).Name);
    }

    [Fact]
    public async Task Case19_ExpiredRoot_IsAcceptedOnTheWayAndRefusedAtTheEnd()
    {
        Repository.Expires = FixedTime.Start.AddHours(1);
        Repository.Rotate(RoleName.Root);
        Repository.Expires = FixedTime.Start.AddDays(30);
        Repository.Rotate(RoleName.Root);
        door.Now = FixedTime.Start.AddHours(2);
        await door.AcceptsAsync();

        Repository.Expires = door.Now;
        Repository.Rotate(RoleName.Root);

        Assert.Equal("root", (await door.RefusesAsync(TrustError.Expired, ["root.json"])).Error!.Role);
    }

    [Fact]
    public async Task Case20_ClockAYearBack_IsNoticed()
    {
        await door.AcceptsAsync();
        door.Now = FixedTime.Start.AddYears(-1);

        Assert.Equal(Outcome.Stale, (await door.RefusesAsync(TrustError.ClockWentBack)).Outcome);
        door.Source = null;
        await door.RefusesAsync(TrustError.ClockWentBack);
    }

    [Fact]
    public async Task Case20_ClockAYearForward_RefusesAndHarmsNothing()
    {
        await door.AcceptsAsync();
        door.Now = FixedTime.Start.AddYears(1);
        await door.RefusesAsync(TrustError.Expired);

        door.Now = FixedTime.Start.AddMinutes(1);
        await door.AcceptsAsync();
    }

    [Fact]
    public async Task Case21_FrozenRepository_ShowsItsAgeAndMayBeRefusedForIt()
    {
        door.Now = FixedTime.Start.AddDays(20);
        Assert.Equal(FixedTime.Start, (await door.AcceptsAsync()).SignedAt);

        door.MaxAge = TimeSpan.FromDays(19);
        Assert.Equal(Outcome.Stale, (await door.RefusesAsync(TrustError.TooOld)).Outcome);
        door.MaxAge = TimeSpan.FromDays(20);
        await door.AcceptsAsync();
        door.MaxAge = null;
        door.Now = FixedTime.Start.AddDays(30);
        await door.RefusesAsync(TrustError.Expired);
    }

    [Theory]
    [InlineData(true, TrustError.HashMismatch)]
    [InlineData(false, TrustError.VersionMismatch)]
    public async Task Case26_TargetsOfTodayWithSnapshotOfYesterday_IsRefused(bool listsHashes, TrustError expected)
    {
        Repository.ListsHashes = listsHashes;
        Repository.Publish(RoleName.Targets);
        var yesterday = Repository.Snapshot.Meta[RoleName.Targets] with { Length = null };
        Repository.Targets[RoleName.Targets] = Repository.Targets[RoleName.Targets] with { Version = listsHashes ? 3 : 4, Expires = FixedTime.Start.AddDays(31) };
        Repository.WriteTargets(RoleName.Targets);
        Repository.Snapshot = Repository.Snapshot with { Meta = new Dictionary<RoleName, MetaFile> { [RoleName.Targets] = yesterday } };
        Repository.Publish();
        Repository.Files["3.targets.json"] = Repository.Files["targets.json"];

        await door.RefusesAsync(expected, ["root.json", "timestamp.json", "snapshot.json"]);
    }
}
