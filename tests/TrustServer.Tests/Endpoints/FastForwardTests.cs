using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Stores;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Security case B 17 where a thief's highest version came through: a new root, and it alone, lets versions begin anew.</summary>
public sealed class FastForwardTests : IAsyncLifetime
{
    private const long Highest = 9_007_199_254_740_991;

    private TestDirectory Directory { get; } = new();

    private TestServer Server { get; set; } = null!;

    private RepositoryBuilder Owner { get; set; } = null!;

    private IExportableKey NewTargetsKey { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(null, "--config", Config());
        Owner = new RepositoryBuilder(Server.Clock);
        NewTargetsKey = Owner.NewKey();
        await Owner.InitAsync(Server.Client, "1.0");
        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(Highest, "evil"))).VersionsAsync();
    }

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
        Directory.Dispose();
    }

    [Fact]
    public async Task Case17_NewTargetsKeyAndOnlineKeys_LetTargetsBeginAnew()
    {
        await Owner.AskForKeysAsync(Server.Client);

        var versions = await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: true)), ("targets", Targets(3))).VersionsAsync();

        Assert.Equal(new() { ["root"] = 2, ["targets"] = 3, ["snapshot"] = 3, ["timestamp"] = 3 }, versions);
        var snapshot = JsonNode.Parse(await Server.Client.GetStringAsync($"{Owner.MetadataPath}/3.snapshot.json"))!;
        Assert.Equal(3, (int?)snapshot["signed"]!["meta"]!["targets.json"]!["version"]);
        using var thiefs = await Server.Client.GetAsync($"{Owner.MetadataPath}/{Highest}.targets.json");
        Assert.Equal(HttpStatusCode.NotFound, thiefs.StatusCode);
        await Server.RestartAsync();
        Assert.Equal(4, (await Owner.PublishAsync(Server.Client, ("targets", Targets(4))).VersionsAsync())["targets"]);
    }

    [Fact]
    public async Task Case17_NewTargetsKeyAlone_IsRefusedBecauseClientsRememberTheSnapshot()
    {
        var timestamp = await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/timestamp.json");

        await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: true)), ("targets", Targets(3))).RefusedAsync(TrustError.PublishConflict);

        await Server.Client.UnmovedAsync(Owner.MetadataPath, timestamp);
    }

    [Fact]
    public async Task Case17_NewOnlineKeysAlone_AreRefusedBecauseTheThiefCouldGoOn()
    {
        var timestamp = await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/timestamp.json");
        await Owner.AskForKeysAsync(Server.Client);

        await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: false)), ("targets", Owner.TargetsFile(3, "1.0"))).RefusedAsync(TrustError.PublishConflict);

        await Server.Client.UnmovedAsync(Owner.MetadataPath, timestamp);
    }

    [Fact]
    public async Task Case17_DelegatedRole_BeginsAnewOnceItsKeyIsGone()
    {
        var (stolen, fresh) = (Owner.NewKey(), Owner.NewKey());
        await Owner.AskForKeysAsync(Server.Client);
        await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: true)), ("targets", Delegating(2, stolen)), ("ci", Sign(Owner.Targets(1, "2.0"), stolen))).VersionsAsync();
        await Owner.PublishAsync(Server.Client, ("ci", Sign(Owner.Targets(Highest, "evil"), stolen))).VersionsAsync();
        await Owner.AskForKeysAsync(Server.Client);

        var repaired = Sign(Owner.Targets(2, "2.0"), fresh);
        await Owner.PublishAsync(Server.Client, ("root", Root(3, isTargetsNew: true)), ("targets", Delegating(3, stolen)), ("ci", Sign(Owner.Targets(2, "2.0"), stolen))).RefusedAsync(TrustError.PublishConflict);
        await Owner.PublishAsync(Server.Client, ("root", Root(3, isTargetsNew: true)), ("targets", Delegating(3, fresh)), ("ci", repaired)).VersionsAsync();

        Assert.Equal(repaired, await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/2.ci.json"));
    }

    [Fact]
    public async Task Reset_NeighbourThatKeptAFileOfTheSameNumber_ServesTheNewOne()
    {
        await using var neighbour = await Server.StartNeighbourAsync();
        await Owner.AskForKeysAsync(Server.Client);
        await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: true)), ("targets", Targets(500))).VersionsAsync();
        await Owner.PublishAsync(Server.Client, ("targets", Targets(501))).VersionsAsync();
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await neighbour.Client.GetByteArrayAsync($"{Owner.MetadataPath}/501.targets.json");
        NewTargetsKey = Owner.NewKey();
        await Owner.AskForKeysAsync(Server.Client);

        await Owner.PublishAsync(Server.Client, ("root", Root(3, isTargetsNew: true)), ("targets", Targets(499))).VersionsAsync();
        await Owner.PublishAsync(Server.Client, ("targets", Targets(500))).VersionsAsync();
        var again = Targets(501);
        await Owner.PublishAsync(Server.Client, ("targets", again)).VersionsAsync();

        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(again, await neighbour.Client.GetByteArrayAsync($"{Owner.MetadataPath}/501.targets.json"));
    }

    [Fact]
    public async Task Case17_HighestTimestampAndSnapshot_AreFollowedByTheLastHonestOnesOnceTheirKeysAreGone()
    {
        await PublishOnlineAsThiefAsync();

        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(Highest - 1, "1.0"))).RefusedAsync(TrustError.PublishConflict);
        await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: false))).RefusedAsync(TrustError.VersionJump);
        await Owner.AskForKeysAsync(Server.Client);
        var versions = await Owner.PublishAsync(Server.Client, ("root", Root(2, isTargetsNew: true)), ("targets", Targets(3))).VersionsAsync();

        Assert.Equal(new() { ["root"] = 2, ["targets"] = 3, ["snapshot"] = 3, ["timestamp"] = 3 }, versions);
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (int?)JsonNode.Parse(await Server.Client.GetStringAsync($"{Owner.MetadataPath}/timestamp.json"))!["signed"]!["version"]);
    }

    // As somebody does who has the server's keys and its database.
    private async Task PublishOnlineAsThiefAsync()
    {
        var store = Server.Services.GetRequiredService<IMetadataStore>();
        var keys = Server.Services.GetRequiredService<IOnlineKeys>();
        await using var transaction = await store.BeginPublishAsync(Owner.Name, [], CancellationToken.None);
        var snapshot = await SignAsync((await transaction.ReadCurrentAsync(RoleName.Snapshot, CancellationToken.None))!, (Snapshot role) => role with { Version = Highest }, RoleName.Snapshot);
        var timestamp = await SignAsync((await transaction.ReadCurrentAsync(RoleName.Timestamp, CancellationToken.None))!, (Timestamp role) => role with { Version = Highest, SnapshotMeta = snapshot.Describe() }, RoleName.Timestamp);
        await transaction.CommitAsync(
            new Publication
            {
                Files = [new NewFile(RoleName.Snapshot, Highest, snapshot.Signed.Expires, snapshot.File), new NewFile(RoleName.Timestamp, Highest, timestamp.Signed.Expires, timestamp.File)],
                Format = "tuf",
                Kind = ChangeKind.Renew,
                Summary = "{}",
            },
            CancellationToken.None);

        async Task<SignedMetadata<TRole>> SignAsync<TRole>(StoredFile current, Func<TRole, TRole> change, RoleName name)
            where TRole : class, IRole
        {
            var key = (await keys.FindSignerAsync(Owner.Name, name, [(await keys.FindActiveAsync(Owner.Name, name, CancellationToken.None))!.Fingerprint], null, CancellationToken.None))!;
            return MetadataSigner.Sign(TufFormat.Instance, change(TufFormat.Instance.Read<TRole>(current.Data, int.MaxValue).Signed), [TufFormat.Instance.DescribeKey(key.Scheme, key.Material)], [key]);
        }
    }

    private string Config() => Directory.Write("config.json", new JsonObject { ["Limits"] = new JsonObject { ["MaxVersionJump"] = Highest } }.ToJsonString());

    private byte[] Root(long version, bool isTargetsNew)
    {
        var root = Owner.Root(version);
        if (isTargetsNew)
            SetRole(root, "targets", 1, KeyObject(NewTargetsKey));
        return Sign(root, Owner.RootKey);
    }

    private byte[] Targets(long version) => Sign(Owner.Targets(version, "1.0"), NewTargetsKey);

    private byte[] Delegating(long version, ISigningKey key)
    {
        var targets = Owner.Targets(version, "1.0");
        Delegate(targets, "ci", 1, "*", key);
        return Sign(targets, NewTargetsKey);
    }
}
