using System.Text;
using TrustService.Cli.Tests.Support;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Health;

/// <summary>What a real registry has, against what is signed.</summary>
public sealed class DoctorRegistryTests : IAsyncLifetime
{
    private SigningWorld world = null!;
    private RegistryFixture registry = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.StartAsync();
        registry = await RegistryFixture.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await registry.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Doctor_Registry_NamesTagsThatAreUnsignedMovedOrGone()
    {
        var (reference, _) = registry.PushImage(new Dictionary<string, string> { ["app"] = "one" }, "team/app", "1.0");
        var repository = reference.Repository.Value;
        world.Owner.AddQuickKey("root-key", "root", repository);
        world.Owner.AddQuickKey("targets-key", "targets", repository);
        await world.Owner.SucceedsAsync("init", repository);
        await world.Owner.SucceedsAsync("sign", reference.ToString(), "-y");
        var calendar = Path.Combine(world.Owner.Root, "expiries.ics");

        var clean = await world.Owner.SucceedsAsync("doctor", repository, "--registry", "--ics", calendar, "-o", "json");
        registry.PushImage(new Dictionary<string, string> { ["app"] = "two" }, "team/app", "2.0");
        var unsigned = await world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");
        await world.Owner.SucceedsAsync("sign", world.Layout("gone", "gone"), "--as", $"{repository}:3.0", "-y");
        registry.PushImage(new Dictionary<string, string> { ["app"] = "moved" }, "team/app", "1.0");
        var moved = await world.Owner.RunAsync("doctor", repository, "--registry", "-o", "json");

        Assert.DoesNotContain("tag", CodesOf(clean));
        Assert.Contains("BEGIN:VEVENT", await File.ReadAllTextAsync(calendar, Encoding.UTF8), StringComparison.Ordinal);
        Assert.Equal(((int)Outcome.Unsigned, "unsigned-tag"), (unsigned.ExitCode, CodesOf(unsigned)));
        Assert.Equal(((int)Outcome.DigestMismatch, "moved-tag unsigned-tag missing-tag"), (moved.ExitCode, CodesOf(moved)));
    }

    private static string CodesOf(SignerRun run) =>
        string.Join(' ', run.Json[0].GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()).Where(code => code!.EndsWith("-tag", StringComparison.Ordinal)));
}
