using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

/// <summary>A host that does not behave, at each file that a client asks for.</summary>
public sealed class HostileHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    // Each file with what is stored before the client gets to it.
    private static readonly Dictionary<string, string[]> Files = new()
    {
        ["/metadata/2.root.json"] = [],
        ["/metadata/timestamp.json"] = ["root.json"],
        ["/metadata/2.snapshot.json"] = ["root.json", "timestamp.json"],
        ["/metadata/2.targets.json"] = ["root.json", "timestamp.json", "snapshot.json"],
        ["/metadata/1.team.json"] = ["root.json", "timestamp.json", "snapshot.json", "targets.json", "last-seen"],
    };

    private static readonly Dictionary<string, (RequestDelegate Answer, TrustError Expected)> Behaviours = new()
    {
        ["endless body"] = (Misbehaviour.EndlessBody, TrustError.TooLarge),
        ["flood of small chunks"] = (Misbehaviour.ChunkFlood, TrustError.TooLarge),
        ["one byte at a time"] = (Misbehaviour.SlowBody, TrustError.ServerUnreachable),
        ["silence"] = (Misbehaviour.Silence, TrustError.ServerUnreachable),
        ["truncated body"] = (Misbehaviour.ShortBody, TrustError.ServerUnreachable),
        ["huge length"] = (Misbehaviour.HugeLength, TrustError.TooLarge),
        ["gzip bomb"] = (Misbehaviour.GzipBomb, TrustError.ServerRefused),
        ["redirect loop"] = (Misbehaviour.RedirectLoop, TrustError.ServerRefused),
        ["redirect elsewhere"] = (Misbehaviour.RedirectTo("http://169.254.169.254/latest/meta-data/"), TrustError.ServerRefused),
        ["redirect to a file"] = (Misbehaviour.RedirectTo("file:///etc/passwd"), TrustError.ServerRefused),
        ["error 500"] = (Status(StatusCodes.Status500InternalServerError), TrustError.ServerUnreachable),
    };

    private readonly RepositorySimulator repository = new(FixedTime.Start);

    public HostileHostTests()
    {
        var team = repository.Delegate(RoleName.Targets, "team", ["dir/*"]);
        repository.AddTarget(team, "dir/file", new string('x', 20_000));
        repository.Rotate(RoleName.Root);
        repository.Publish(RoleName.Targets, team);
    }

    public static TheoryData<string, string> EveryFileAndBehaviour()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Files.Keys)
        {
            foreach (var behaviour in Behaviours.Keys)
                data.Add(file, behaviour);
        }
        return data;
    }

    public static TheoryData<string> EveryBehaviour => [.. Behaviours.Keys];

    [Theory]
    [MemberData(nameof(EveryFileAndBehaviour))]
    public async Task Case34_HostMisbehavesAtAFile_EndsInTimeAndTheNextRunSucceeds(string file, string behaviour)
    {
        await using var fixture = await DownloadFixture.StartAsync(repository, TimeoutFor(behaviour));
        fixture.Host.Intercept = Only(file, Behaviours[behaviour].Answer);
        var watch = Stopwatch.StartNew();

        await fixture.Client.RefusedAsync(Behaviours[behaviour].Expected, Files[file], "dir/file");

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        fixture.Host.Intercept = null;
        Assert.NotNull(await fixture.Client.FindAsync("dir/file"));
    }

    [Theory]
    [MemberData(nameof(EveryBehaviour))]
    public async Task Case34_HostMisbehavesAtATarget_EndsInTimeAndLeavesNoFile(string behaviour)
    {
        await using var fixture = await DownloadFixture.StartAsync(repository, TimeoutFor(behaviour));
        var found = await fixture.Client.FindAsync("dir/file");
        fixture.Host.Intercept = async context =>
        {
            await Behaviours[behaviour].Answer(context);
            return true;
        };
        var watch = Stopwatch.StartNew();

        await Refusal.OfAsync(Behaviours[behaviour].Expected, () => fixture.DownloadAsync(found!));

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.False(Directory.Exists(fixture.Files) && Directory.GetFileSystemEntries(fixture.Files).Length > 0);
        fixture.Host.Intercept = null;
        Assert.Equal(20_000, new FileInfo(await fixture.DownloadAsync(found!)).Length);
    }

    [Fact]
    public async Task Download_EveryFileIsRedirectedWithinTheHost_Works()
    {
        await using var fixture = await DownloadFixture.StartAsync(repository);
        fixture.Host.Intercept = async context =>
        {
            if (context.Request.QueryString.HasValue)
                return false;
            await Misbehaviour.RedirectTo(context.Request.Path.Value + "?moved")(context);
            return true;
        };
        fixture.Host.Rewrite = raw => raw.Split('?')[0];

        Assert.Equal(20_000, new FileInfo(await fixture.DownloadAsync("dir/file")).Length);
    }

    // Object stores say 403 for what is not there, if the reader may not list.
    [Theory]
    [InlineData("/metadata/3.root.json", null)]
    [InlineData("/metadata/timestamp.json", TrustError.RepositoryUnknown)]
    [InlineData("/metadata/2.snapshot.json", TrustError.MetadataUnknown)]
    [InlineData("/metadata/1.team.json", TrustError.MetadataUnknown)]
    public async Task Find_HostForbidsAFile_IsTakenForAbsence(string file, TrustError? expected)
    {
        await using var fixture = await DownloadFixture.StartAsync(repository);
        fixture.Host.Intercept = Only(file, Status(StatusCodes.Status403Forbidden));

        if (expected is { } code)
            await fixture.Client.RefusedAsync(code, ["root.json", "timestamp.json", "snapshot.json", "targets.json", "last-seen"], "dir/file");
        else
            Assert.NotNull(await fixture.Client.FindAsync("dir/file"));
    }

    private static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static Func<HttpContext, Task<bool>> Only(string file, RequestDelegate answer) => async context =>
    {
        if (context.Request.Path.Value != file)
            return false;
        await answer(context);
        return true;
    };

    // What is a matter of time ends soon; the rest is to be told apart on a busy machine as well.
    private static TimeSpan TimeoutFor(string behaviour) => TimeSpan.FromSeconds(behaviour is "one byte at a time" or "silence" or "error 500" ? 3 : 20);
}
