using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.Docker;

/// <summary>How docker reaches the trust server, and what happens if it does not.</summary>
[Trait("Needs", "docker")]
public sealed class ConnectionTests(DockerWorld world) : IClassFixture<DockerWorld>
{
    // For a registry on loopback docker does not check the trust server's certificate; this one is elsewhere, and is never contacted.
    private const string RemoteRegistry = "registry.example.com";

    [Fact]
    public async Task TrustServer_WithACertificateOfAnUnknownAuthority_IsRefused()
    {
        using var key = new SigningCertificate("alice");
        using var person = new DockerTool(world.Engine, world.Server.Url, RemoteRegistry);

        (await person.RunAsync("trust", "signer", "add", "alice", NewRemoteName(), "--key", key.PublicKeyFile)).Fails("x509");
    }

    [Fact]
    public async Task TrustServer_WithItsAuthorityInTheTlsDirectory_IsUsed()
    {
        using var key = new SigningCertificate("alice");
        using var person = new DockerTool(world.Engine, world.Server.Url, RemoteRegistry);
        var repository = NewRemoteName();
        person.TrustAuthority(world.Server.Url, world.Server.CaFile!);

        (await person.DoAsync("trust", "signer", "add", "alice", repository, "--key", key.PublicKeyFile)).Says("Successfully added signer: alice");

        Assert.Equal("alice", (await person.InspectTrustAsync(repository)).GetProperty("Signers")[0].GetProperty("Name").GetString());
    }

    [Fact]
    public async Task TrustServer_OverPlainHttp_IsRefusedByTheClient()
    {
        using var server = await ServerProcess.StartAsync(plainHttp: true);
        var person = world.NewPerson(server);

        (await person.RunAsync("trust", "inspect", world.NewName())).Fails("valid https URL required");
    }

    [Fact]
    public async Task Pull_WhileTheTrustServerIsDown_WorksFromTheCacheAloneUntilItIsBack()
    {
        using var server = await ServerProcess.StartAsync();
        var (owner, repository) = (world.NewPerson(server), world.NewName());
        await owner.NewImageAsync($"{repository}:1.0");
        await owner.PushAsync($"{repository}:1.0");
        var knows = world.NewPerson(server);
        await knows.DoAsync("pull", $"{repository}:1.0");
        await owner.NewImageAsync($"{repository}:2.0");
        await owner.PushAsync($"{repository}:2.0");
        server.Stop();

        (await world.NewPerson(server).RunAsync("pull", $"{repository}:1.0")).Fails("error contacting notary server");
        await knows.DoAsync("pull", $"{repository}:1.0");
        (await knows.RunAsync("pull", $"{repository}:2.0")).Fails("trust data for 2.0");
        await owner.NewImageAsync($"{repository}:3.0");
        Assert.NotEqual(0, (await owner.RunAsync("push", $"{repository}:3.0")).ExitCode);

        await server.StartAgainAsync();
        foreach (var person in (DockerTool[])[knows, owner])
            person.Set("DOCKER_CONTENT_TRUST_SERVER", server.Url);
        await knows.DoAsync("pull", $"{repository}:2.0");
        await owner.PushAsync($"{repository}:3.0");
        Assert.Equal(["1.0", "2.0", "3.0"], (await knows.SignedTagsAsync(repository)).Keys.Order());
    }

    private static string NewRemoteName() => $"{RemoteRegistry}/team/{Guid.NewGuid():N}";
}
