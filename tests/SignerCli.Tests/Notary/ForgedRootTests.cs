using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TrustService.Cli.Tests.Support;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Notary;

/// <summary>Somebody who answers for the trust server with a TUF repository of their own, whose root key is listed under the pinned id of a certificate.</summary>
public sealed class ForgedRootTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";
    private static readonly string Id = new('a', 64);

    private readonly RepositorySimulator thief = new(FixedTime.Start);
    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public ForgedRootTests()
    {
        thief.AddTarget(RoleName.Targets, "1.0", "malware");
        thief.Publish(RoleName.Targets);
        thief.Files["root.json"] = ForgedRoots.Under(Id, thief);
    }

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("--root")]
    [InlineData("--trust-pinning")]
    [InlineData("settings")]
    public async Task Verify_CertificatePinned_ThiefServesATufRootUnderItsId_IsRefused(string how)
    {
        await using var server = await StartAsync();
        machine.Environment["SIGNER_SERVER"] = server.Address.GetLeftPart(UriPartial.Authority);
        string[] pin = how switch
        {
            "--root" => ["--root", $"cert:{Id}"],
            "--trust-pinning" => ["--trust-pinning", machine.WriteFile("notary.json", $$"""{ "trust_pinning": { "disable_tofu": true, "certs": { "{{Repository}}": ["{{Id}}"] } } }""")],
            _ => [],
        };
        if (pin is [])
            machine.WriteFile("home/config.json", $$"""{ "roots": { "{{Repository}}": "cert:{{Id}}" } }""");

        var refused = await machine.RunAsync(["verify", "--no-registry", $"{Repository}:1.0", .. pin]);

        Assert.Equal(11, refused.ExitCode);
        Assert.Empty(refused.Results);
        Assert.Contains("pins certificates", refused.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TufGet_CertificatePinned_IsAWrongCommandLine()
    {
        await using var host = await RepositorySimulatorHost.StartAsync(thief);

        var refused = await machine.RunAsync("tuf", "get", host.MetadataUrl, "1.0", "--root", $"cert:{Id}");

        Assert.Equal(2, refused.ExitCode);
        Assert.Empty(thief.Requests);
    }

    // By the routes of both protocols.
    private Task<HostileServer> StartAsync() => HostileServer.StartAsync(async context =>
    {
        var name = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('/')[^1];
        if (thief.Files.TryGetValue(name, out var file))
            await context.Response.Body.WriteAsync(file);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    });
}
