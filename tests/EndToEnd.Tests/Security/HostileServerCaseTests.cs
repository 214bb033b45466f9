using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Security;

/// <summary>Hostile cases C 27 and C 34: a trust server that does its worst, and names that try to leave their directory.</summary>
public sealed class HostileServerCaseTests
{
    // What the command is given, and what it may take altogether, start of the process included.
    private const string Timeout = "4s";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly Dictionary<string, RequestDelegate> Misbehaviours = new()
    {
        ["endless body"] = Misbehaviour.EndlessBody,
        ["one byte at a time"] = Misbehaviour.SlowBody,
        ["silence"] = Misbehaviour.Silence,
        ["short body"] = Misbehaviour.ShortBody,
        ["huge length"] = Misbehaviour.HugeLength,
        ["gzip bomb"] = Misbehaviour.GzipBomb,
        ["redirect loop"] = Misbehaviour.RedirectLoop,
        ["redirect to cloud metadata"] = Misbehaviour.RedirectTo("http://169.254.169.254/latest/meta-data"),
        ["redirect to a file"] = Misbehaviour.RedirectTo("file:///etc/passwd"),
    };

    public static TheoryData<string> EveryMisbehaviour => [.. Misbehaviours.Keys];

    [Theory]
    [MemberData(nameof(EveryMisbehaviour))]
    public async Task C34_HostileServer_IsRefusedWithinTheDeadline(string misbehaviour)
    {
        await using var server = await HostileServer.StartAsync(Misbehaviours[misbehaviour]);
        using var verifier = new SignerTool(server.Address.ToString());
        var watch = Stopwatch.StartNew();

        var refused = await verifier.RunAsync("verify", "-t", Timeout, "registry.example.com/team/app:1.0", "--root", $"root:1:sha256:{new string('0', 64)}");

        Assert.True(refused.ExitCode is 11 or 14, refused.ToString());
        refused.Refuses(refused.ExitCode, "✗");
        Assert.True(watch.Elapsed < Deadline, $"It took {watch.Elapsed}. {refused}");
    }

    [Theory]
    [InlineData("../../tmp/x")]
    [InlineData("registry.example.com/a/../b")]
    [InlineData("registry.example.com/%2e%2e/x")]
    [InlineData("registry.example.com/..\\x")]
    [InlineData("registry.example.com/Team/App")]
    [InlineData("registry.example.com/app.")]
    public async Task C27_NameThatIsNoRepository_IsRefusedAndWritesNothing(string name)
    {
        using var signer = new SignerTool("https://127.0.0.1:1");

        (await signer.RunAsync("init", name, "-y")).Refuses(2, "✗");
        (await signer.RunAsync("verify", $"{name}:1.0", "--tofu")).Refuses(2, "✗");

        Assert.False(Directory.Exists(signer.Home) && Directory.GetFiles(signer.Home, "*", SearchOption.AllDirectories).Length > 0);
    }
}
