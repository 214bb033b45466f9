using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Notary;

public sealed class TofuTests
{
    [Theory]
    [InlineData("registry.example.com/other/app", 0, "wrong-repository")]
    [InlineData("registry.example.com/team/app", 4000, "expired")]
    [InlineData("registry.example.com/team/app", 0, null)]
    public async Task Tofu_RootOfAnotherRepositoryOrAnExpiredOne_IsNotPinned(string asked, int days, string? error)
    {
        var repository = new NotaryRepository(FixedTime.Start);
        repository.Init();
        var files = repository.Serve();
        // The token server of a real one challenges every path that it does not route.
        await using var server = await HostileServer.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!;
            if (!path.StartsWith("/v2/", StringComparison.Ordinal))
                context.Response.StatusCode = 401;
            else if (files.Read(path[(path.IndexOf("/_trust/tuf/", StringComparison.Ordinal) + "/_trust/tuf/".Length)..]) is { } file)
                await context.Response.Body.WriteAsync(file);
            else
                context.Response.StatusCode = 404;
        });
        using var machine = new SignerMachine { Time = new FixedTime { Now = FixedTime.Start.AddDays(days) } };
        machine.Environment["SIGNER_SERVER"] = server.Address.ToString().TrimEnd('/');

        var run = await machine.RunAsync("inspect", asked, "--tofu", "-o", "json");

        Assert.Equal(error, run.ErrorCode);
        Assert.Equal(error is null, Directory.Exists(Path.Combine(machine.Home, "roots")));
    }
}
