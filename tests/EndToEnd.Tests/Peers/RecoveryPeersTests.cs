using System.Text;
using TrustService.Editing;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>
/// Security case B 17: a thief with the targets key publishes the highest version that there is, at a server that lets it through. Clients that saw
/// it come back by <c>signer recover</c>: tuf-js, and the product's own client as the TUF conformance suite drives it.
/// </summary>
public sealed class RecoveryPeersTests : IDisposable
{
    private const long Highest = 9_007_199_254_740_991;
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Case17_Recover_BringsClientsWithThePoisonedCacheBack()
    {
        using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string?> { ["TRUST_Limits__MaxVersionJump"] = "9007199254740991" }, plainHttp: true);
        using var owner = new SignerTool(server);
        var repository = $"recovery-{Guid.NewGuid():N}.example.test/app";
        await owner.DoAsync("init", repository, "-y");
        var image = new ImageLayoutBuilder(owner["layout"]).AddImage("1.0", new Dictionary<string, string> { ["app"] = repository });
        await owner.DoAsync("sign", "-y", $"oci:{owner["layout"]}:1.0", "--as", $"{repository}:1.0");
        await using var client = await PeerClient.CreateAsync(PeerProgram.TufJs, server, repository, await owner.ExportRootAsync(repository));
        client.Offer("1.0", await File.ReadAllBytesAsync(Path.Combine(owner["layout"], "blobs", "sha256", image.Digest.Hex)));
        (await ConformanceAsync(server, repository, "init", await owner.ExportRootAsync(repository))).Succeeds();
        await PublishAsThiefAsync(server, owner, RepositoryName.ParseCanonical(repository));

        // Both have seen the thief's version.
        var poisoned = await client.UpdateAsync("1.0");
        (await ConformanceAsync(server, repository, "refresh")).Succeeds();
        await owner.DoAsync("recover", repository, "--from", "targets=2", "-y");
        var back = await client.UpdateAsync("1.0");
        (await ConformanceAsync(server, repository, "refresh")).Succeeds();

        Assert.Equal(Highest, poisoned.GetProperty("versions").GetProperty("targets").GetInt64());
        Assert.Equal(3, back.GetProperty("versions").GetProperty("targets").GetInt64());
        Assert.Equal(2, back.GetProperty("versions").GetProperty("root").GetInt64());
        Assert.Equal(image.Digest.ToString(), back.GetProperty("targets").GetProperty("1.0").GetProperty("digest").GetString());
        Assert.Contains("\"version\":3", await File.ReadAllTextAsync(Path.Combine(directory["client"], "targets.json")), StringComparison.Ordinal);
    }

    private static async Task PublishAsThiefAsync(ServerProcess server, SignerTool owner, RepositoryName repository)
    {
        using var file = PrivateKeyFile.Parse(await File.ReadAllBytesAsync(Directory.GetFiles(Path.Combine(owner.Home, "keys"), "targets-*.pem").Single()));
        using var stolen = file.Open(Encoding.UTF8.GetBytes(SignerTool.TargetsPassphrase));
        var targets = TufFormat.Instance.Read<Targets>(await server.Client.Metadata(repository).FetchAsync("2.targets.json", 1_000_000, CancellationToken.None), 1_000_000).Signed;
        var evil = MetadataSigner.Sign(TufFormat.Instance, targets with { Version = Highest }, [TufFormat.Instance.DescribeKey(stolen.Scheme, stolen.Material)], [stolen]);
        await server.Client.PublishAsync(repository, new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Targets] = evil.File }, CancellationToken.None);
    }

    private Task<ProgramRun> ConformanceAsync(ServerProcess server, string repository, params string[] command) => ProgramRun.OfAsync(
        "dotnet", [Checkout.ConformanceClient, "--metadata-dir", directory["client"], "--metadata-url", $"{server.Url}/tuf/{repository}/metadata/", .. command], new Dictionary<string, string?>(), directory.FullPath);
}
