using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class TrustClientRootTests : IDisposable
{
    private readonly RepositorySimulator repository = new(FixedTime.Start);
    private readonly ClientFixture client;

    public TrustClientRootTests() => client = new ClientFixture(repository);

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Refresh_ManyRotationsOfEveryRole_FollowsThem()
    {
        for (var i = 0; i < 4; i++)
        {
            repository.Rotate(RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets);
            repository.Publish(RoleName.Targets);
            if (i % 2 == 0)
                await client.RefreshAsync();
        }

        var top = await client.RefreshAsync();

        Assert.Equal(5, top.Snapshot.Root.Version);
        Assert.Equal(5, top.Metadata.Signed.Version);
    }

    [Fact]
    public async Task Refresh_RootThresholdOfThree_NeedsThreeOldAndThreeNewKeys()
    {
        var first = TestKeys.New(3);
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Root] = first }, threshold: 3);
        await client.RefreshAsync();
        var second = TestKeys.New(3);
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Root] = second }, threshold: 3);

        repository.WriteRoot([.. first[..2], .. second]);
        await client.RefusedAsync(TrustError.ThresholdNotMet);
        repository.WriteRoot([.. first, .. second[..2]]);
        await client.RefusedAsync(TrustError.ThresholdNotMet);
        repository.WriteRoot([.. first, .. second, TestKeys.New()]);
        Assert.Equal(3, (await client.RefreshAsync()).Snapshot.Root.Version);
    }

    [Fact]
    public async Task Refresh_BadRootAfterGoodOnes_KeepsTheLastGoodOne()
    {
        repository.Rotate(RoleName.Root);
        repository.Rotate(RoleName.Root);
        var good = repository.Files["3.root.json"];
        repository.Rotate(RoleName.Root);
        repository.Files["4.root.json"] = MetadataCorruptor.WithWrongSignature(repository.Files["4.root.json"]);

        await client.RefusedAsync(TrustError.ThresholdNotMet, ["root.json"]);

        Assert.True(client.Holds("root.json", good));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public async Task Refresh_RoleSignedByItsFormerKey_IsRefused(string name)
    {
        await client.RefreshAsync();
        var role = RoleName.Parse(name);
        var former = repository.Signers[role].ToList();
        repository.Rotate(role);
        repository.Signers[role] = former;
        repository.Publish(RoleName.Targets);
        repository.Requests.Clear();

        var refusal = await Refusal.OfAsync(TrustError.ThresholdNotMet, client.RefreshAsync);

        Assert.Equal(name, refusal.Role);
    }

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public async Task Refresh_KeyOfEachScheme_Verifies(SignatureScheme scheme)
    {
        repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Targets] = [TestKeys.Of(scheme)] });
        repository.ListsHashes = false;
        repository.Publish(RoleName.Targets);
        await client.RefreshAsync();
        repository.Publish(RoleName.Targets);
        repository.Files["3.targets.json"] = MetadataCorruptor.WithWrongSignature(repository.Files["3.targets.json"]);

        await client.RefusedAsync(TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json"]);
    }

    [Fact]
    public async Task Refresh_PinnedRootThatItsOwnKeysDidNotSign_IsRefusedWithoutAnyRequest()
    {
        using (var cache = client.OpenCache())
            cache.Write("root.json", MetadataCorruptor.WithWrongSignature(repository.FirstRoot));

        await client.RefusedAsync(TrustError.ThresholdNotMet);

        Assert.Empty(repository.Requests);
    }
}
