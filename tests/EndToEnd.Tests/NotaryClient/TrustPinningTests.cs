using TrustService.EndToEnd.Tests.Fixtures;

namespace TrustService.EndToEnd.Tests.NotaryClient;

/// <summary>Clients that do not trust the first root they see.</summary>
public sealed class TrustPinningTests(NotaryWorld world) : IClassFixture<NotaryWorld>
{
    private const string WrongId = "0000000000000000000000000000000000000000000000000000000000000000";

    [Fact]
    public async Task Pinning_ByCertificateId_AcceptsThatCertificateAlone()
    {
        var (owner, repository) = await world.NewRepositoryAsync();
        await owner.PublishAsync("add", "-p", repository, "v1", owner.NewContent("app.bin", 10));
        var root = await world.SignedAsync(repository, "root");
        var id = root.GetProperty("roles").GetProperty("root").GetProperty("keyids")[0].GetString();
        var host = repository.Split('/')[0];

        (await ListAsync(repository, """{"disable_tofu":true}""")).Fails("trust pinning");
        (await ListAsync(repository, $$$"""{"disable_tofu":true,"certs":{"{{{repository}}}":["{{{id}}}"]}}""")).Succeeds().Says("v1");
        (await ListAsync(repository, $$$"""{"disable_tofu":true,"certs":{"{{{host}}}/*":["{{{id}}}"]}}""")).Succeeds().Says("v1");
        (await ListAsync(repository, $$$"""{"certs":{"{{{repository}}}":["{{{WrongId}}}"]}}""")).Fails("trust");
        (await ListAsync(repository, $$$"""{"certs":{"{{{host}}}/*":["{{{id}}}"],"{{{repository}}}":["{{{WrongId}}}"]}}""")).Fails("trust");
    }

    private Task<ProgramRun> ListAsync(string repository, string pinning) => world.NewClient().RunWithAsync(pinning, "list", repository);
}
