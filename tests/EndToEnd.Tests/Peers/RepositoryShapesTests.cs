using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Oci;
using Xunit.Abstractions;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>TUF clients of other projects read, from root 1 on, whatever the signer publishes through the real server, and find what <c>signer verify</c> finds.</summary>
public sealed class RepositoryShapesTests(RepositoryShapesTests.OneServer fixture, ITestOutputHelper output) : IClassFixture<RepositoryShapesTests.OneServer>
{
    public static TheoryData<string> Shapes => [.. RepositoryShapes.All.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Peers_RepositoryOfEveryShape_FindWhatSignerFinds(string shape)
    {
        using var repository = new ShapedRepository(fixture.Server);
        await RepositoryShapes.All[shape](repository);
        await repository.RequireFoundBySignerAsync();

        var javaScript = shape == RepositoryShapes.P384 ? RefuseP384Async(repository) : ReadAsync(PeerProgram.TufJs, repository);
        if (await PeerProgram.WhyNoPythonTufAsync() is { } reason)
            output.WriteLine($"python-tuf did not read it, because it is absent: {reason}");
        else
            await ReadAsync(PeerProgram.PythonTuf, repository);
        await javaScript;
    }

    private async Task ReadAsync(PeerProgram program, ShapedRepository repository)
    {
        await using var client = await PeerClient.CreateAsync(program, fixture.Server, repository.Name, repository.RootFile);
        foreach (var (targetPath, manifest) in repository.Expected)
        {
            if (manifest is not null)
                client.Offer(targetPath, manifest);
        }

        var targets = (await client.UpdateAsync([.. repository.Expected.Keys])).GetProperty("targets");

        Assert.Equal(
            repository.Expected.ToDictionary(target => target.Key, target => target.Value is { } manifest ? Digest.OfSha256(manifest).ToString() : null),
            targets.EnumerateObject().ToDictionary(target => target.Name, target => target.Value.ValueKind == JsonValueKind.Null ? null : target.Value.GetProperty("digest").GetString()));
        output.WriteLine($"{program.Name} found {repository.Expected.Count(target => target.Value is not null)} targets, and {repository.Expected.Count(target => target.Value is null)} not.");
    }

    private async Task RefuseP384Async(ShapedRepository repository)
    {
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, fixture.Server, repository.Name, repository.RootFile);
        await client.RefuseAsync("root was signed by 0/1 keys");
    }

    /// <summary>The server of all shapes.</summary>
    public sealed class OneServer : IAsyncLifetime
    {
        internal ServerProcess Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await ServerProcess.StartAsync(plainHttp: true);

        public Task DisposeAsync()
        {
            Server?.Dispose();
            return Task.CompletedTask;
        }
    }
}
