using System.Text;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>The flags of the registry, with a real one that asks for a password.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private SigningWorld world = null!;
    private RegistryFixture registry = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.StartAsync();
        registry = await RegistryFixture.StartAsync(basicAuth: true);
    }

    public async Task DisposeAsync()
    {
        await registry.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Sign_PasswordOnStandardInput_SignsWhatTheTagIs_AndVerifySeesItMove()
    {
        var (reference, image) = registry.PushImage(new Dictionary<string, string> { ["app"] = "one" }, "team/app", "1.0", withCredentials: true);
        await world.Owner.RunAsync("init", reference.Repository.Value);
        world.Owner.Input = Encoding.UTF8.GetBytes(RegistryFixture.Password + "\n");
        string[] login = ["--username", RegistryFixture.Username, "--password-stdin", "-o", "json"];

        var denied = await world.Owner.RunAsync("sign", reference.ToString(), "-y", "-o", "json");
        var signed = await world.Owner.RunAsync(["sign", reference.ToString(), "-y", .. login]);
        var verified = await world.Owner.RunAsync(["verify", reference.ToString(), .. login]);
        var absent = await world.Owner.RunAsync(["sign", $"{reference.Repository}:typo", "-y", .. login]);
        registry.PushImage(new Dictionary<string, string> { ["app"] = "two" }, "team/app", "1.0", withCredentials: true);
        var moved = await world.Owner.RunAsync(["verify", reference.ToString(), .. login]);

        Assert.Equal(((int)Outcome.Unreachable, "registry-denied"), (denied.ExitCode, denied.ErrorCode));
        Assert.Equal(image.Digest.ToString(), signed.Json[0].GetProperty("digest").GetString());
        Assert.Equal(((int)Outcome.Failure, "image-unknown"), (absent.ExitCode, absent.ErrorCode));
        Assert.Equal("verified", verified.Json[0].GetProperty("outcome").GetString());
        Assert.Equal(((int)Outcome.DigestMismatch, "digest-mismatch"), (moved.ExitCode, moved.ErrorCode));
        Assert.DoesNotContain(RegistryFixture.Password, world.Owner.Transcript.ToString(), StringComparison.Ordinal);
    }
}
