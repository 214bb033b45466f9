using TrustService.Client;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustClientDelegationTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public TrustClientDelegationTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    // Each line: DELEGATOR>ROLE, with "!" for terminating and "=PATTERN" for a pattern other than *.
    [Theory]
    [InlineData("targets>A", "A")]
    [InlineData("targets>A targets>B", "A B")]
    [InlineData("targets>A A>B A>C", "A B C")]
    [InlineData("targets>A targets>D A>B A>C", "A B C D")]
    [InlineData("targets>A! targets>D A>B A>C", "A B C")]
    [InlineData("targets>A targets>D A>B! A>C", "A B")]
    [InlineData("targets>A=x* targets>B", "B")]
    [InlineData("targets>A=x*! targets>B", "B")]
    [InlineData("targets>A targets>B A>C B>C", "A C B")]
    [InlineData("targets>A A>B B>A", "A B")]
    [InlineData("targets>A A>A", "A")]
    [InlineData("targets>A=t* A>B=?arget B>C=x", "A B")]
    public async Task Find_Graph_VisitsInPreOrder(string graph, string visited)
    {
        var keys = new Dictionary<string, TrustService.Keys.ISigningKey[]>();
        foreach (var edge in graph.Split(' '))
        {
            var parts = edge.TrimEnd('!').Split('>', '=');
            var pattern = parts.Length > 2 ? parts[2] : "*";
            repository.Delegate(RoleName.Parse(parts[0]), parts[1], [pattern], edge.EndsWith('!'), keys: keys.TryGetValue(parts[1], out var known) ? known : keys[parts[1]] = TestKeys.New(1));
        }
        repository.Publish([.. repository.Targets.Keys]);

        var found = await client.FindAsync("target");

        Assert.Null(found);
        Assert.Equal(visited.Split(' ').Select(role => $"1.{role}.json"), repository.Requests.Skip(4));
    }

    [Fact]
    public async Task Find_TargetInTwoRoles_TakesTheOneWithPriority()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["*"]);
        var second = repository.Delegate(RoleName.Targets, "second", ["*"]);
        repository.AddTarget(second, "1.0", "two");
        repository.AddTarget(first, "1.0", "one");
        repository.Publish(RoleName.Targets, first, second);

        Assert.Equal(first, (await client.FindAsync("1.0"))!.Role.Role);
    }

    [Fact]
    public async Task Find_RoleListsWhatItMayNotSpeakFor_IsNotFound()
    {
        var role = repository.Delegate(RoleName.Targets, "team", ["team-*"]);
        repository.AddTarget(role, "1.0", "foreign");
        repository.Publish(RoleName.Targets, role);

        Assert.Null(await client.FindAsync("1.0"));
    }

    [Fact]
    public async Task Find_DelegatedRoleIsBroken_EndsTheSearchWithTheRefusal()
    {
        var first = repository.Delegate(RoleName.Targets, "first", ["*"]);
        var second = repository.Delegate(RoleName.Targets, "second", ["*"]);
        repository.AddTarget(second, "1.0", "two");
        repository.Signers[first] = [TestKeys.New()];
        repository.Publish(RoleName.Targets, first, second);

        await client.RefusedAsync(TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json", "targets.json", "last-seen"], "1.0");
    }

    [Fact]
    public async Task Find_DelegatedRoleIsNotInSnapshot_IsNotEvenAskedFor()
    {
        repository.Delegate(RoleName.Targets, "ghost", ["*"]);
        repository.Publish(RoleName.Targets);

        await client.RefusedAsync(TrustError.RoleNotListed, ["timestamp.json", "snapshot.json", "targets.json", "last-seen"], "1.0");

        Assert.DoesNotContain("1.ghost.json", repository.Requests);
    }

    [Theory]
    [InlineData("../root")]
    [InlineData("a/b")]
    [InlineData("?")]
    [InlineData("#")]
    [InlineData("..")]
    [InlineData("1.root")]
    [InlineData("%2e%2e")]
    [InlineData("rölle")]
    [InlineData("中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中")]
    public async Task Find_UnusualRoleName_StaysInTheCacheAndTouchesNoOtherFile(string name)
    {
        var role = repository.Delegate(RoleName.Targets, name, ["*"]);
        repository.AddTarget(role, "1.0", "content");
        repository.Publish(RoleName.Targets, role);

        Assert.NotNull(await client.FindAsync("1.0"));

        Assert.Equal(6, client.State().Count);
        Assert.True(client.Holds("root.json", repository.FirstRoot));
        repository.Requests.Clear();
        await client.FindAsync("1.0");
        Assert.Equal(["2.root.json", "timestamp.json"], repository.Requests);
    }

    [Fact]
    public async Task Find_SuccinctBins_AsksForTheOneBinAndOnlyForBins()
    {
        var key = TestKeys.New();
        var bins = new SuccinctRoles { RoleKeys = new RoleKeys { KeyIds = [key.Describe().Id], Threshold = 1 }, BitLength = 9, NamePrefix = "bin" };
        var bin = bins.BinOf("1.0");
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with
        {
            Delegations = new Delegations { Keys = new Dictionary<KeyId, PublicKey> { [key.Describe().Id] = key.Describe() }, Roles = [], Succinct = bins },
        };
        var foreign = RoleName.Parse("bin-0x");
        foreach (var role in (RoleName[])[bin, foreign])
        {
            repository.Signers[role] = [key];
            repository.Targets[role] = new Targets { Version = 0, Expires = repository.Expires, TargetFiles = new Dictionary<string, TargetFile>() };
        }
        repository.AddTarget(bin, "1.0", "content");
        repository.Publish(RoleName.Targets, bin, foreign);

        var found = await client.FindAsync("1.0");

        Assert.Matches("\\Abin-[01][0-9a-f]{2}\\z", bin.Value);
        Assert.Equal(bin, found!.Role.Role);
        var top = await client.RefreshAsync();
        Refusal.Of(TrustError.RoleNotListed, () => top.AcceptDelegated(foreign, repository.Files["1.bin-0x.json"], client.Now));
    }

    // There could be 2^32 bins; only those that snapshot lists are looked at.
    [Fact]
    public async Task List_SuccinctBins_LooksAtThoseThatExist()
    {
        var key = TestKeys.New();
        var bins = new SuccinctRoles { RoleKeys = new RoleKeys { KeyIds = [key.Describe().Id], Threshold = 1 }, BitLength = 32, NamePrefix = "bin" };
        repository.Targets[RoleName.Targets] = repository.Targets[RoleName.Targets] with
        {
            Delegations = new Delegations { Keys = new Dictionary<KeyId, PublicKey> { [key.Describe().Id] = key.Describe() }, Roles = [], Succinct = bins },
        };
        var bin = bins.BinOf("1.0");
        repository.Signers[bin] = [key];
        repository.Targets[bin] = new Targets { Version = 0, Expires = repository.Expires, TargetFiles = new Dictionary<string, TargetFile>() };
        repository.AddTarget(bin, "1.0", "content");
        repository.Publish(RoleName.Targets, bin);
        using var cache = client.OpenCache();
        var run = new TrustService.Client.TrustClient(TrustService.Formats.Tuf.TufFormat.Instance, repository, cache, client.Now, client.Options);

        var listed = await TargetListing.ReadAsync(run, await run.RefreshAsync(CancellationToken.None), CancellationToken.None);

        Assert.Equal(["1.0"], listed.Select(target => target.Path));
    }

    [Theory]
    [InlineData("bin-000", true)]
    [InlineData("bin-1ff", true)]
    [InlineData("bin-200", false)]
    [InlineData("bin-1FF", false)]
    [InlineData("bin-01ff", false)]
    [InlineData("bin-ff", false)]
    [InlineData("bin-+0f", false)]
    [InlineData("bin- 0f", false)]
    [InlineData("bon-000", false)]
    [InlineData("bin-", false)]
    [InlineData("bin", false)]
    public void IsBin_Name_HoldsForExactNamesOnly(string name, bool expected)
    {
        var bins = new SuccinctRoles { RoleKeys = new RoleKeys { KeyIds = [], Threshold = 1 }, BitLength = 9, NamePrefix = "bin" };

        Assert.Equal(expected, bins.IsBin(RoleName.Parse(name)));
    }

    [Fact]
    public async Task Find_PathHashPrefixes_MatchHexOfTheSha256()
    {
        var role = repository.Delegate(RoleName.Targets, "hashed", []);
        var hash = Hex.Encode(System.Security.Cryptography.SHA256.HashData("1.0"u8));
        ChangeDelegation(delegated => delegated with { Paths = null, PathHashPrefixes = [hash[..5]] });
        repository.AddTarget(role, "1.0", "content");
        repository.Publish(RoleName.Targets, role);

        Assert.NotNull(await client.FindAsync("1.0"));
        Assert.Null(await client.FindAsync("1.1"));
    }

    [Fact]
    public async Task Find_DelegationWithoutPaths_MatchesNothing()
    {
        var role = repository.Delegate(RoleName.Targets, "nothing", []);
        ChangeDelegation(delegated => delegated with { Paths = null });
        repository.AddTarget(role, "1.0", "content");
        repository.Publish(RoleName.Targets, role);

        Assert.Null(await client.FindAsync("1.0"));
    }

    [Fact]
    public async Task Find_RolesUpToTheLimit_AreVisitedAndOneMoreIsRefused()
    {
        client.Options = new() { Limits = VerificationLimits.Default with { MaxVisitedRoles = 4 } };
        var last = RoleName.Targets;
        for (var i = 0; i < 3; i++)
            last = repository.Delegate(last, $"r{i}", ["*"]);
        repository.Publish([.. repository.Targets.Keys]);
        Assert.Null(await client.FindAsync("1.0"));

        last = repository.Delegate(last, "r3", ["*"]);
        repository.Publish([.. repository.Targets.Keys]);

        await Refusal.OfAsync(TrustError.DelegationLimit, () => client.FindAsync("1.0"));
    }

    private void ChangeDelegation(Func<DelegatedRole, DelegatedRole> change)
    {
        var targets = repository.Targets[RoleName.Targets];
        repository.Targets[RoleName.Targets] = targets with { Delegations = targets.Delegations! with { Roles = [change(targets.Delegations!.Roles[0])] } };
    }
}
