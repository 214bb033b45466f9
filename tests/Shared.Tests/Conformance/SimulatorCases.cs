using System.Security.Cryptography;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The suite tests its own simulator (<c>test_repository_simulator</c>); these are the same checks of the simulator that is used here.</summary>
public sealed class SimulatorCases
{
    [Theory]
    [InlineData("test_repo_initialzation_unittest")]
    public async Task Simulator_New_ServesVersionOneOfFourRoles(string caseId)
    {
        await using var run = new ConformanceRun(caseId);

        Assert.Equal(["1.root.json", "1.snapshot.json", "1.targets.json", "1.timestamp.json"], run.Repository.Files.Keys.Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal));
        Assert.Equal(1, Read<Root>(run, "root.json").Version);
        Assert.Equal(1, Read<Timestamp>(run, "timestamp.json").Version);
    }

    [Theory]
    [InlineData("test_basic_metadata_hash_support_unittest")]
    public async Task Simulator_ListsHashes_ListsThoseOfWhatItServes(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.ListsHashes = true;
        run.Repository.Publish(RoleName.Targets);

        var listed = Read<Timestamp>(run, "timestamp.json").SnapshotMeta;

        Assert.Equal(run.Repository.Files["2.snapshot.json"].Length, listed.Length);
        Assert.Equal(SHA256.HashData(run.Repository.Files["2.snapshot.json"]), listed.Hashes!.Sha256!.Value.ToArray());
    }

    [Theory]
    [InlineData("test_update_timestamp")]
    public async Task Simulator_Expires_IsThatOfTheNextFile(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Expires = FixedTime.Start.AddDays(-5);
        run.Repository.PublishTimestamp();

        Assert.Equal(FixedTime.Start.AddDays(-5), Read<Timestamp>(run, "timestamp.json").Expires);
    }

    private static TRole Read<TRole>(ConformanceRun run, string name)
        where TRole : class, IRole => TufFormat.Instance.Read<TRole>(run.Repository.Files[name], int.MaxValue).Signed;
}
