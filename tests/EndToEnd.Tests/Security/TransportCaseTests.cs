using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Security;

/// <summary>Hostile case F 60: neither side ever falls back to a connection that others can read or change.</summary>
public sealed class TransportCaseTests(TrustWorld world) : IClassFixture<TrustWorld>
{
    [Theory]
    [InlineData("http://192.0.2.1")]
    [InlineData("http://trust.example.com:80")]
    public async Task F60_PlainHttpToAnotherMachine_IsRefusedBeforeAnythingIsSent(string server)
    {
        using var owner = new SignerTool(server);

        (await owner.RunAsync("init", "registry.example.com/team/app", "-y")).Refuses(2, "plain HTTP");
        (await owner.RunAsync("verify", "registry.example.com/team/app:1.0", "--root", $"root:1:sha256:{new string('0', 64)}")).Refuses(2, "plain HTTP");
    }

    [Fact]
    public async Task F60_CertificateOfAnUnknownAuthority_IsRefusedWithWhatToDo()
    {
        using var verifier = world.NewVerifier();
        verifier.Environment["SIGNER_SERVER_CA"] = null;

        (await verifier.RunAsync("verify", "registry.example.com/team/app:1.0", "--root", $"root:1:sha256:{new string('0', 64)}")).Refuses(14, "--server-ca");
    }

    [Fact]
    public async Task F60_RegistryOfAnotherMachineWithoutTls_IsNotAskedInPlainHttp()
    {
        await world.Owner.DoAsync("init", "registry.example.com/team/plain", "-y");

        // Nothing answers there; what matters is that TLS was tried and nothing else.
        var refused = (await world.Owner.RunAsync("sign", "-y", "-t", "5s", "registry.invalid/team/plain:1.0", "--root", $"root:1:sha256:{new string('0', 64)}")).Exits(14);
        Assert.DoesNotContain("http://", refused.Messages, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> InsecureStarts => new()
    {
        { "a certificate that cannot be read", ["--urls", "https://127.0.0.1:0", "--tls-cert", "/nonexistent/tls.crt", "--tls-key", "/nonexistent/tls.key"] },
        { "https without a certificate", ["--urls", "https://127.0.0.1:0"] },
        { "every address without authentication", ["--urls", "https://0.0.0.0:0", "--dev-tls"] },
        { "every address without TLS", ["--urls", "http://0.0.0.0:0"] },
    };

    [Theory]
    [MemberData(nameof(InsecureStarts))]
    public async Task F60_ServerThatWouldBeInsecure_DoesNotStart(string _, string[] arguments)
    {
        using var directory = new TestDirectory();
        using var server = ServiceProcess.Start("dotnet", [Checkout.TrustServer, "--data", directory["data"], .. arguments]);

        await server.WaitUntilAsync(() => Task.FromResult(server.HasExited), TimeSpan.FromSeconds(30)).WaitAsync(TimeSpan.FromSeconds(40));

        Assert.NotEqual(0, server.ExitCode);
        Assert.DoesNotContain("Ready", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }
}
