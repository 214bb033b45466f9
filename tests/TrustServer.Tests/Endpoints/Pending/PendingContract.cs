using System.Text;
using System.Text.Json.Nodes;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Http;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints.Pending;

/// <summary>Files that wait for signatures, through the client that signers use; each test has a repository of its own.</summary>
public abstract class PendingContract : IDisposable
{
    private static int count;

    private readonly HttpClient http = HttpClients.Create(new HttpClientOptions());

    private protected PendingContract(TestServer server)
    {
        Server = server;
        Owner = new RepositoryBuilder(server.Clock, $"registry.example.com/waiting/r{Interlocked.Increment(ref count)}");
        Client = new TrustServerClient(new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions()), server.Client.BaseAddress!.ToString());
    }

    internal TestServer Server { get; }

    protected RepositoryBuilder Owner { get; }

    protected TrustServerClient Client { get; }

    public void Dispose()
    {
        Owner.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task Park_SecondSigner_AddsTheirSignatureUntilTheFileIsPublished()
    {
        var (alice, bob) = (Owner.NewKey(), Owner.NewKey());
        await InitAsync(2, alice, bob);
        var next = Root(2, 2, alice, bob);

        var first = await ParkAsync(RoleName.Root, Sign(next, alice));
        var second = await ParkAsync(RoleName.Root, Sign(next, bob));
        var file = await Client.ReadPendingAsync(Owner.Name, RoleName.Root, CancellationToken.None);

        Assert.Equal((RoleName.Root, 2, first.Change, first.ParkedAt), (second.Role, second.Version, second.Change, second.ParkedAt));
        Assert.Equal([Id(alice), Id(bob)], second.SignedBy.ToArray());
        Assert.Equal([first.Change], (await Client.ListPendingAsync(Owner.Name, CancellationToken.None)).Select(change => change.Change));
        Assert.Equal(2, (await Owner.PublishAsync(Server.Client, ("root", file!.Value.ToArray())).VersionsAsync())["root"]);
        Assert.Null(await Client.ReadPendingAsync(Owner.Name, RoleName.Root, CancellationToken.None));
        Assert.Empty(await Client.ListPendingAsync(Owner.Name, CancellationToken.None));
        Assert.False(await Client.DropPendingAsync(Owner.Name, RoleName.Root, null, CancellationToken.None));
    }

    [Fact]
    public async Task Park_AnotherChange_IsAConflictUntilTheParkedOneIsNamed()
    {
        await Owner.InitAsync(Server.Client);
        var first = await ParkAsync(RoleName.Targets, Owner.TargetsFile(2, "1.0"));

        await Refusal.OfAsync(TrustError.PublishConflict, () => ParkAsync(RoleName.Targets, Owner.TargetsFile(2, "1.1")));
        await Refusal.OfAsync(TrustError.PublishConflict, () => ParkAsync(RoleName.Targets, Owner.TargetsFile(2, "1.1"), new string('0', 64)));
        Assert.Equal(first.Change, Assert.Single(await Client.ListPendingAsync(Owner.Name, CancellationToken.None)).Change);
        var second = await ParkAsync(RoleName.Targets, Owner.TargetsFile(2, "1.1"), first.Change);

        Assert.NotEqual(first.Change, second.Change);
        Assert.False(await Client.DropPendingAsync(Owner.Name, RoleName.Targets, first.Change, CancellationToken.None));
        Assert.True(await Client.DropPendingAsync(Owner.Name, RoleName.Targets, second.Change, CancellationToken.None));
    }

    [Fact]
    public async Task Park_RootBeforeTheFirstPublish_WaitsWithTargetsThatItSpeaksFor()
    {
        await Owner.AskForKeysAsync(Server.Client);
        await Refusal.OfAsync(TrustError.RepositoryUnknown, () => ParkAsync(RoleName.Targets, Owner.TargetsFile()));

        await ParkAsync(RoleName.Root, Owner.RootFile());
        await Refusal.OfAsync(TrustError.ThresholdNotMet, () => ParkAsync(RoleName.Targets, Sign(Owner.Targets(), Owner.NewKey())));
        await ParkAsync(RoleName.Targets, Owner.TargetsFile());

        Assert.Equal([RoleName.Root, RoleName.Targets], (await Client.ListPendingAsync(Owner.Name, CancellationToken.None)).Select(change => change.Role));
    }

    [Fact]
    public async Task Park_SeveralSignersAtOnce_LosesNoSignature()
    {
        ISigningKey[] holders = [.. Enumerable.Range(0, 4).Select(_ => Owner.NewKey())];
        await InitAsync(4, holders);
        var next = Root(2, 4, holders);

        await Task.WhenAll(holders.Select(holder => ParkAsync(RoleName.Root, Sign(next, holder))));

        var parked = Assert.Single(await Client.ListPendingAsync(Owner.Name, CancellationToken.None));
        Assert.Equal(holders.Select(holder => Id(holder).Value).Order(), parked.SignedBy.Select(id => id.Value).Order());
    }

    private protected async Task InitAsync(int threshold, params ISigningKey[] keys)
    {
        await Owner.AskForKeysAsync(Server.Client);
        await Owner.PublishAsync(Server.Client, ("root", Sign(Root(1, threshold, keys), keys)), ("targets", Owner.TargetsFile())).VersionsAsync();
    }

    private protected JsonObject Root(long version, int threshold, params ISigningKey[] keys)
    {
        var root = Owner.Root(version);
        SetRole(root, "root", threshold, [.. keys.Select(KeyObject)]);
        root["keys"]!.AsObject().Remove(KeyId(KeyObject(Owner.RootKey)));
        return root;
    }

    private protected Task<ParkedChange> ParkAsync(RoleName role, byte[] file, string? replaces = null) => Client.ParkAsync(Owner.Name, role, file, replaces, CancellationToken.None);

    private protected static KeyId Id(ISigningKey key) => key.Describe().Id;
}
