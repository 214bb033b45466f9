using TrustService.Cli.Importing;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Importing;

/// <summary>What is kept of a repository when the old server does not give everything.</summary>
public sealed class NotaryFetcherTests
{
    private readonly NotaryRepository origin = new(FixedTime.Start);

    public NotaryFetcherTests()
    {
        origin.Init();
        for (var version = 2; version <= 5; version++)
        {
            origin.Add(RoleName.Targets, $"{version}.0");
            origin.Publish(origin.File(RoleName.Targets));
        }
    }

    [Fact]
    public async Task Fetch_FormerVersionDamaged_IsKeptUnderTheVersionThatWasAskedFor()
    {
        var server = Serve();
        for (var version = 1; version <= 4; version++)
            server.Files[$"{version}.targets.json"] = version == 3 ? "not json"u8.ToArray() : origin.File(RoleName.Targets).Data.ToArray();

        var fetched = await FetchAsync(server);

        Assert.Equal([1, 2, 3, 4, 5], Versions(fetched, RoleName.Targets));
        Assert.Equal("not json"u8.ToArray(), fetched.Files.Single(file => file.Role == RoleName.Targets && file.Version == 3).Data.ToArray());
        Assert.Equal(3, fetched.Current().Length);
    }

    [Fact]
    public async Task Fetch_OneFormerVersionFails_KeepsTheRestAndNamesIt()
    {
        var server = Serve();
        for (var version = 1; version <= 4; version++)
            server.Files[$"{version}.targets.json"] = origin.File(RoleName.Targets).Data.ToArray();

        var fetched = await FetchAsync(new Failing(server, "3.targets.json", () => new TrustException(TrustError.ServerRefused, "Answered 500.")));

        Assert.Equal([1, 2, 4, 5], Versions(fetched, RoleName.Targets));
        Assert.Contains("3.targets.json: Answered 500.", fetched.Missing);
    }

    [Fact]
    public async Task Fetch_ServerGoneOrTimeOver_KeepsWhatThereIs()
    {
        foreach (var failure in (Func<Exception>[])[() => new TrustException(TrustError.ServerUnreachable, "Gone."), () => new OperationCanceledException()])
        {
            var server = new Failing(Serve(), "4.targets.json", failure);

            var fetched = await FetchAsync(server);

            Assert.Equal([5], Versions(fetched, RoleName.Targets));
            Assert.Contains(fetched.Missing, missing => missing.Contains("targets", StringComparison.Ordinal));
            Assert.Equal([1], Versions(fetched, RoleName.Root));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_FormerRootDamagedOrOfAnotherVersion_KeepsTheOnesAfterIt(bool isDamaged)
    {
        foreach (var version in (int[])[2, 3])
        {
            origin.Root = origin.Root with { Version = version };
            origin.Publish(origin.RootFile());
        }
        var server = Serve();
        server.Files["1.root.json"] = isDamaged ? "{}"u8.ToArray() : server.Files["2.root.json"];

        var fetched = await FetchAsync(server);

        Assert.Equal([2, 3], Versions(fetched, RoleName.Root));
        Assert.Contains(fetched.Missing, missing => missing.StartsWith("1.root.json: ", StringComparison.Ordinal));
        Assert.Equal(2, ForeignVerification.Verify(fetched, null, "memory", FixedTime.Start).Chain.Roots.Length);
    }

    private MemoryMetadata Serve()
    {
        var server = origin.Serve();
        server.Files[ForeignRepository.Format.Rules.ListedFileName(RoleName.Root, origin.Published!.Snapshot.Metadata.Signed.Meta[RoleName.Root], true)] = origin.Roots[^1];
        return server;
    }

    private Task<ForeignRepository> FetchAsync(IMetadataSource source) => new NotaryFetcher(origin.Name, source).FetchAsync(withFormerVersions: true, CancellationToken.None);

    private static IEnumerable<long> Versions(ForeignRepository fetched, RoleName role) => fetched.Files.Where(file => file.Role == role).Select(file => file.Version).Order();

    private sealed class Failing(MemoryMetadata inner, string failing, Func<Exception> failure) : IMetadataSource
    {
        public string Location => inner.Location;

        public Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken) =>
            fileName == failing ? Task.FromException<byte[]?>(failure()) : inner.FetchAsync(fileName, maxBytes, cancellationToken);
    }
}
