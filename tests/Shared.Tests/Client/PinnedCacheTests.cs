using TrustService.Client;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class PinnedCacheTests
{
    // A repository's owner chooses the names of its roles, and the pinned root is no secret.
    [Fact]
    public async Task Refresh_RoleIsCalledLikeTheFileOfTheRootChain_LeavesTheChainAlone()
    {
        var simulator = new RepositorySimulator(FixedTime.Start);
        var pin = RootPin.OfFile(TufFormat.Instance, simulator.FirstRoot);
        var files = new MemoryMetadata();
        var cache = new PinnedCache(files, "root.json", pin);
        cache.Write("root.json", simulator.FirstRoot);
        await new TrustClient(TufFormat.Instance, simulator, cache, FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None);

        var chains = files.Files.Keys.Where(name => name.EndsWith("root.json", StringComparison.Ordinal)).ToList();
        // The chain of the pin, and the root of the keys.
        Assert.Equal(2, chains.Count);
        foreach (var chain in chains)
        {
            var role = RoleName.Parse(chain[..^".json".Length]);
            // What the client writes for a role of that name.
            Assert.NotEqual(chain, Uri.EscapeDataString(role.Value) + ".json");
            Assert.DoesNotContain($".{Uri.EscapeDataString(role.Value)}.json", chain, StringComparison.Ordinal);
        }
        Assert.Equal(simulator.FirstRoot, cache.Read("root.json"));
    }

    [Fact]
    public void Read_OfTwoAnchors_IsTheChainOfEach()
    {
        var (one, other) = (new RepositorySimulator(FixedTime.Start).FirstRoot, new RepositorySimulator(FixedTime.Start).FirstRoot);
        var files = new MemoryMetadata();
        var (ofOne, ofOther) = (new PinnedCache(files, "root.json", RootPin.OfFile(TufFormat.Instance, one)), new PinnedCache(files, "root.json", RootPin.OfFile(TufFormat.Instance, other)));
        ofOne.Write("root.json", one);
        ofOther.Write("root.json", other);

        Assert.Equal(one, ofOne.Read("root.json"));
        Assert.Equal(other, ofOther.Read("root.json"));
    }
}
