using System.Security.Cryptography;
using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>The daily work of a <c>notary</c> user, on every database and with and without TLS.</summary>
public sealed class CoreFlowTests : IDisposable
{
    private string? rented;

    public static TheoryData<string> EveryServer => NotaryServers.All;

    [Theory]
    [MemberData(nameof(EveryServer))]
    public async Task Notary_InitAddListVerifyRemove_WorksFromEndToEnd(string kind)
    {
        var server = await NotaryServers.RentAsync(rented = kind);
        using var owner = new NotaryTool(server.Url, server.CaFile);
        using var reader = new NotaryTool(server.Url, server.CaFile);
        var repository = NotaryWorld.NewName();
        var (content, other) = (owner.NewContent("app.bin", 1000), owner.NewContent("other.bin", 1000));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(content)));

        (await owner.RunAsync("list", repository)).Fails($"does not have trust data for {repository}");
        await owner.PublishAsync("init", "-p", repository);
        (await owner.DoAsync("list", repository)).Says("No targets present in this repository.");
        await owner.PublishAsync("add", "-p", repository, "v1", content);
        await owner.PublishAsync("addhash", "-p", repository, "v2", "5", "--sha256", new string('a', 64));

        var expected = new Dictionary<string, ListedTarget> { ["v1"] = new(sha256, 1000, "targets"), ["v2"] = new(new string('a', 64), 5, "targets") };
        Assert.Equal(expected, await owner.ListAsync(repository));
        Assert.Equal(expected, await reader.ListAsync(repository));
        (await reader.DoAsync("lookup", repository, "v1")).Says($"v1 sha256:{sha256} 1000");
        (await reader.RunAsync("lookup", repository, "v9")).Fails("No valid trust data for v9");
        await reader.DoAsync("verify", repository, "v1", "-q", "-i", content);
        (await reader.RunAsync("verify", repository, "v1", "-q", "-i", other)).Fails("data not present in the trusted collection");
        foreach (var role in (string[])["root", "targets", "snapshot", "timestamp"])
            Assert.Equal(await NotaryWorld.FileAsync(server, repository, $"{role}.json"), reader.Cached(repository, role));

        await owner.PublishAsync("remove", "-p", repository, "v1");
        Assert.Equal(["v2"], (await reader.ListAsync(repository)).Keys);
    }

    [Theory]
    [MemberData(nameof(EveryServer))]
    public async Task Notary_DelegationsAndRotations_WorkFromEndToEnd(string kind)
    {
        var server = await NotaryServers.RentAsync(rented = kind);
        using var owner = new NotaryTool(server.Url, server.CaFile);
        using var behind = new NotaryTool(server.Url, server.CaFile);
        using var releases = new SigningCertificate("releases");
        var repository = NotaryWorld.NewName();
        var content = owner.NewContent("app.bin", 10);
        await owner.PublishAsync("init", "-p", repository);
        Assert.Empty(await behind.ListAsync(repository));

        await owner.PublishAsync("delegation", "add", "-p", repository, "targets/releases", releases.CertificateFile, "--all-paths");
        await owner.DoAsync("key", "import", releases.KeyFile, "--role", "targets/releases", "--gun", repository);
        await owner.PublishAsync("add", "-p", repository, "v1", content, "--roles", "targets/releases");
        foreach (var role in (string[])["snapshot", "timestamp"])
            (await owner.DoAsync("key", "rotate", repository, role, "-r")).Says($"Successfully rotated {role} key");
        (await owner.DoAsync("key", "rotate", repository, "targets")).Says("Successfully rotated targets key");
        (await owner.ConfirmAsync("key", "rotate", repository, "root")).Succeeds().Says("Successfully rotated root key");
        await owner.PublishAsync("add", "-p", repository, "v2", content);

        var listed = await behind.ListAsync(repository);
        Assert.Equal(["targets/releases", "targets"], new[] { "v1", "v2" }.Select(name => listed[name].Role));
        Assert.Equal(5, NotaryWorld.Signed(behind.Cached(repository, "root")).GetProperty("version").GetInt64());
        (await owner.DoAsync("delete", "--remote", repository)).Says("Successfully deleted local and remote trust data");
        using var stranger = new NotaryTool(server.Url, server.CaFile);
        (await stranger.RunAsync("list", repository)).Fails("does not have trust data");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (rented is not null)
            NotaryServers.Return(rented);
    }
}
