using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Background;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints.Pending;

/// <summary>What is refused, and that nothing is left by it.</summary>
public sealed class PendingTests(PendingServer server) : PendingContract(server.Server), IClassFixture<PendingServer>
{
    private string Path => $"/api/v1/repositories/{Owner.Name}/pending";

    [Fact]
    public async Task Park_SignedByNobodyWhoSpeaksForTheRoleNow_IsRefused()
    {
        var stranger = Owner.NewKey();
        await Owner.InitAsync(Server.Client);

        await Refusal.OfAsync(TrustError.ThresholdNotMet, () => ParkAsync(RoleName.Targets, Sign(Owner.Targets(2), stranger)));
        // The keys of the next root speak for nothing yet.
        await Refusal.OfAsync(TrustError.ThresholdNotMet, () => ParkAsync(RoleName.Root, Sign(Root(2, 1, stranger), stranger)));

        Assert.Empty(await Client.ListPendingAsync(Owner.Name, CancellationToken.None));
    }

    [Fact]
    public async Task Park_SignatureThatDoesNotHold_IsLeftOut()
    {
        var (alice, bob) = (Owner.NewKey(), Owner.NewKey());
        await InitAsync(2, alice, bob);
        var next = Root(2, 2, alice, bob);
        var forged = Sign(next, (Id(alice).Value, alice), (Id(bob).Value, Owner.NewKey()), ("stranger", Owner.NewKey()));

        var parked = await ParkAsync(RoleName.Root, forged);
        // A damaged copy of a signature does not push out the good one.
        var completed = await ParkAsync(RoleName.Root, Sign(next, (Id(alice).Value, Owner.NewKey()), (Id(bob).Value, bob)));

        Assert.Equal([Id(alice)], parked.SignedBy.ToArray());
        Assert.Equal([Id(alice), Id(bob)], completed.SignedBy.ToArray());
    }

    [Fact]
    public async Task Park_DelegatedRole_TakesTheKeysOfItsDelegation()
    {
        var (first, second) = (Owner.NewKey(), Owner.NewKey());
        await Owner.InitAsync(Server.Client);
        var targets = Owner.Targets(2);
        Delegate(targets, "team", 2, "*", first, second);
        await Owner.PublishAsync(Server.Client, ("targets", Sign(targets, Owner.TargetsKey))).VersionsAsync();
        var role = RoleName.Parse("team");

        await Refusal.OfAsync(TrustError.RoleNotListed, () => ParkAsync(RoleName.Parse("other"), Sign(Owner.Targets(), first)));
        await Refusal.OfAsync(TrustError.ThresholdNotMet, () => ParkAsync(role, Sign(Owner.Targets(), Owner.TargetsKey)));
        var parked = await ParkAsync(role, Sign(Owner.Targets(1, "2.0"), second));

        Assert.Equal((role, 1, Id(second)), (parked.Role, parked.Version, Assert.Single(parked.SignedBy)));
    }

    // Hash bins may be thousands of files, and no signature has been looked at yet.
    [Fact]
    public async Task Park_DelegatedRole_ReadsWhatDelegatesToItAndNoWholeSet()
    {
        var (team, part) = (Owner.NewKey(), Owner.NewKey());
        await Owner.InitAsync(Server.Client);
        var (targets, middle) = (Owner.Targets(2), Owner.Targets());
        Delegate(targets, "team", 1, "*", team);
        Delegate(middle, "part", 1, "*", part);
        await Owner.PublishAsync(Server.Client, ("targets", Sign(targets, Owner.TargetsKey)), ("team", Sign(middle, team))).VersionsAsync();
        var (services, role) = (Server.Services, RoleName.Parse("part"));
        var (store, reads) = CountingStore.Before(services.GetRequiredService<IMetadataStore>());
        var parking = new ParkingService(store, services.GetRequiredService<IPendingStore>(), services.GetRequiredService<OperatorRules>(), Server.Clock, services.GetRequiredService<ILoggerFactory>());

        var parked = await parking.ParkAsync(RepositoryName.Parse(Owner.Name.Value), role, Sign(Owner.Targets(1, "2.0"), part), null, CancellationToken.None);
        await Refusal.OfAsync(TrustError.RoleNotListed, () => parking.ParkAsync(RepositoryName.Parse(Owner.Name.Value), RoleName.Parse("other"), Sign(Owner.Targets(), part), null, CancellationToken.None));

        Assert.Equal(1, parked.Version);
        Assert.Equal(0, reads.Calls(nameof(IMetadataStore.ReadCurrentSetAsync)));
    }

    [Theory]
    [InlineData(1, TrustError.VersionRollback)]
    [InlineData(3, TrustError.VersionMismatch)]
    public async Task Park_RootThatCannotBeNext_IsRefused(long version, TrustError error)
    {
        await Owner.InitAsync(Server.Client);

        await Refusal.OfAsync(error, () => ParkAsync(RoleName.Root, Owner.RootFile(version)));
    }

    [Fact]
    public async Task Park_FileOfAnotherRepository_IsRefused()
    {
        await Owner.InitAsync(Server.Client);
        var root = Owner.Root(2);
        root["x-repository"] = "registry.example.com/other";

        await Refusal.OfAsync(TrustError.WrongRepository, () => ParkAsync(RoleName.Root, Sign(root, Owner.RootKey)));
    }

    [Fact]
    public async Task Park_MoreOrLongerFilesThanAllowed_IsRefused()
    {
        await Owner.InitAsync(Server.Client);
        var targets = Owner.Targets(2);
        Delegate(targets, "team", 1, "*", Owner.TargetsKey);
        await Owner.PublishAsync(Server.Client, ("targets", Sign(targets, Owner.TargetsKey))).VersionsAsync();
        await ParkAsync(RoleName.Root, Owner.RootFile(2));
        await ParkAsync(RoleName.Targets, Owner.TargetsFile(3));

        await Refusal.OfAsync(TrustError.TooLarge, () => ParkAsync(RoleName.Parse("team"), Sign(Owner.Targets(), Owner.TargetsKey)));
        await Refusal.OfAsync(TrustError.TooLarge, () => ParkAsync(RoleName.Root, Encoding.ASCII.GetBytes(new string(' ', 8193))));
        // What is there already can still gather signatures.
        Assert.Equal(2, (await ParkAsync(RoleName.Root, Owner.RootFile(2))).Version);
    }

    [Theory]
    [InlineData("snapshot", HttpStatusCode.BadRequest)]
    [InlineData("timestamp", HttpStatusCode.BadRequest)]
    [InlineData("TARGETS", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Park_RoleThatNobodySigns_IsRefused(string role, HttpStatusCode status)
    {
        await Owner.InitAsync(Server.Client);
        using var content = new ByteArrayContent(Owner.TargetsFile(2));

        using var answer = await Server.Client.PutAsync($"{Path}/{role}", content);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Delete_OfARepository_TakesWhatWaitsAlong()
    {
        await Owner.InitAsync(Server.Client);
        await ParkAsync(RoleName.Root, Owner.RootFile(2));

        (await Server.Client.DeleteAsync($"/api/v1/repositories/{Owner.Name}")).EnsureSuccessStatusCode();

        Assert.Empty(await Client.ListPendingAsync(Owner.Name, CancellationToken.None));
        await Server.Client.GetAsync($"{Path}/root").RefusedAsync(TrustError.MetadataUnknown);
    }

    [Fact]
    public async Task Prune_NobodySignsForLong_DropsWhatWaits()
    {
        await Owner.InitAsync(Server.Client);
        await ParkAsync(RoleName.Root, Owner.RootFile(2));

        await Server.Services.GetRequiredService<HistoryPruner>().PruneAsync(CancellationToken.None);
        var before = await Client.ListPendingAsync(Owner.Name, CancellationToken.None);
        await Server.Services.GetRequiredService<IPendingStore>().PruneAsync(Server.Clock.GetUtcNow().AddDays(1), Server.Clock.GetUtcNow(), CancellationToken.None);

        Assert.Single(before);
        Assert.Empty(await Client.ListPendingAsync(Owner.Name, CancellationToken.None));
    }
}
