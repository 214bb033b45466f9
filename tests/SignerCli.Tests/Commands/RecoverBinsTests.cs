using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Http;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Tests.Commands;

/// <summary>Security case B 17 where there are hash bins: the stolen targets key signed them, and targets itself lists no image.</summary>
public sealed class RecoverBinsTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;

    private SigningWorld World { get; set; } = null!;

    public async Task InitializeAsync() => World = await SigningWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task StolenTargetsKey_BinsThatNobodyNamed_AreNotSignedAnew(int secondsBetween)
    {
        var evil = await BeginAsync(TimeSpan.FromSeconds(secondsBetween));
        var root = await World.Owner.SucceedsAsync("root", "export", Repository);

        var recover = await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "--from", "targets=1", "-y", "-o", "json");

        Assert.Equal("usage", recover.ErrorCode);
        var detail = recover.Json[0].GetProperty("error").GetProperty("detail").GetString();
        Assert.All(await SignedBinsAsync(), bin => Assert.Contains($"--from {bin}=VERSION", detail, StringComparison.Ordinal));
        Assert.Contains("+ evil", recover.Messages, StringComparison.Ordinal);
        Assert.Contains(evil, await SignedBinsAsync());
        Assert.Equal(root.Results, (await World.Owner.SucceedsAsync("root", "export", Repository)).Results);
        Assert.Single(Directory.GetFiles(World.Owner.Keys, "targets-*.pem"));
    }

    [Fact]
    public async Task StolenTargetsKey_BinsNamed_SayWhatTheySaidAndNothingOfTheThief()
    {
        var evil = await BeginAsync(TimeSpan.FromMinutes(1));
        var versions = await BinVersionsAsync();
        var named = versions.SelectMany(bin => new[] { "--from", string.Create(CultureInfo.InvariantCulture, $"{bin.Key}={(bin.Key == evil ? bin.Value - 1 : bin.Value)}") });

        var recover = await World.Owner.SucceedsAsync(["recover", Repository, "--stolen", "targets", "--from", "targets=1", .. named, "-y"]);

        Assert.Contains($"{evil} says what it said in version {versions[evil] - 1}", recover.Messages, StringComparison.Ordinal);
        Assert.Contains("compared with now - evil", recover.Messages, StringComparison.Ordinal);
        await RequireRecoveredAsync();
    }

    [Fact]
    public async Task StolenTargetsKey_OneTimeForAll_TakesWhatWasPublishedBefore()
    {
        _ = await BeginAsync(TimeSpan.FromMinutes(1));
        var theft = World.Time.Now.AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        Assert.Equal("usage", (await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "--before", "yesterday", "-y", "-o", "json")).ErrorCode);
        Assert.Equal("metadata-unknown", (await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "--before", "2001-01-01T00:00:00Z", "-y", "-o", "json")).ErrorCode);
        _ = await World.Owner.SucceedsAsync("recover", Repository, "--stolen", "targets", "--before", theft, "-y");

        await RequireRecoveredAsync();
    }

    [Fact]
    public async Task StolenTargetsKey_AtATerminal_AsksForEachBinThatWasSignedSince()
    {
        var evil = await BeginAsync(TimeSpan.FromMinutes(1));
        var versions = await BinVersionsAsync();
        var signed = versions.Where(bin => bin.Value > 1).OrderBy(bin => bin.Key, StringComparer.Ordinal).ToList();
        World.Owner.Terminal.Answer(["1", .. signed.Select(bin => (bin.Key == evil ? bin.Value - 1 : bin.Value).ToString(CultureInfo.InvariantCulture)), "y"]);

        _ = await World.Owner.SucceedsAsync("recover", Repository, "--stolen", "targets");

        Assert.Equal(["targets", .. signed.Select(bin => bin.Key)], World.Owner.Terminal.Questions.SkipLast(1).Select(question => question.Split(' ')[4]));
        await RequireRecoveredAsync();
    }

    // Signing by that key would go on after the recovery.
    [Fact]
    public async Task StolenTargetsKey_ThiefsOwnKeyInTheBins_IsShownAndGoes()
    {
        _ = await BeginAsync(TimeSpan.FromMinutes(1));
        var theft = World.Time.Now.AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var thief = await AddThiefsKeyAsync();

        var unnamed = await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "-y");
        var recover = await World.Owner.SucceedsAsync("recover", Repository, "--stolen", "targets", "--before", theft, "-y");

        Assert.Contains("0 signed; ~ who may sign", unnamed.Messages, StringComparison.Ordinal);
        Assert.Contains("compared with now ~ who may sign", recover.Messages, StringComparison.Ordinal);
        await RequireRecoveredAsync();
        using var http = new HttpClient();
        Assert.Contains(thief.Value, await http.GetStringAsync(new Uri($"{World.Server.Url}/tuf/{Repository}/metadata/2.targets.json")), StringComparison.Ordinal);
        Assert.DoesNotContain(thief.Value, await http.GetStringAsync(new Uri($"{World.Server.Url}/tuf/{Repository}/metadata/3.targets.json")), StringComparison.Ordinal);
    }

    private async Task<KeyId> AddThiefsKeyAsync()
    {
        var (format, name) = (MetadataFormats.Find("tuf"), RepositoryName.ParseCanonical(Repository));
        using var own = SigningKeys.Generate(SigningKeys.DefaultScheme);
        using var stolen = World.Owner.OpenQuickKey(entry => entry.Label == "targets");
        using var http = new HttpClient();
        var server = new TrustServerClient(new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions()), World.Server.Url);
        var targets = format.Read<Targets>(await server.Metadata(name).FetchAsync("1.targets.json", 1_000_000, CancellationToken.None), 1_000_000).Signed;
        var (key, delegations) = (format.DescribeKey(own.Scheme, own.Material), targets.Delegations!);
        var bins = delegations.Succinct!;
        var next = targets with
        {
            Version = 2,
            Delegations = delegations with
            {
                Keys = delegations.Keys.Values.Append(key).ToDictionary(each => each.Id),
                Succinct = bins with { RoleKeys = bins.RoleKeys with { KeyIds = bins.RoleKeys.KeyIds.Add(key.Id) } },
            },
        };
        var signed = MetadataSigner.Sign(format, next, [format.DescribeKey(stolen.Scheme, stolen.Material)], [stolen]);
        await server.PublishAsync(name, new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Targets] = signed.File }, CancellationToken.None);
        return key.Id;
    }

    // The thief has the owner's key, so that what he signs is signed here.
    private async Task<string> BeginAsync(TimeSpan between)
    {
        World.Owner.AddQuickKey("root", "root", Repository);
        World.Owner.AddQuickKey("targets", "targets", Repository);
        _ = await World.Owner.SucceedsAsync("init", Repository, "--bins", "2");
        World.Time.Now += between;
        Assert.Equal(0, (await World.SignAsync("1.0")).ExitCode);
        World.Time.Now += between;
        var signed = await World.SignAsync("evil", "evil");
        Assert.Equal(0, signed.ExitCode);
        return Assert.Single(signed.Json[0].GetProperty("metadata").EnumerateObject()).Name;
    }

    private async Task RequireRecoveredAsync()
    {
        var verifier = World.NewMachine();
        _ = await verifier.SucceedsAsync("root", "export", Repository, "--tofu");
        Assert.Equal(0, (await verifier.RunAsync("verify", $"{Repository}:1.0", "--no-registry")).ExitCode);
        Assert.Equal(10, (await verifier.RunAsync("verify", $"{Repository}:evil", "--no-registry")).ExitCode);
        Assert.Equal(0, (await World.SignAsync("1.1", "fixed")).ExitCode);
        Assert.Equal(0, (await verifier.RunAsync("verify", $"{Repository}:1.1", "--no-registry")).ExitCode);
    }

    private async Task<List<string>> SignedBinsAsync() => [.. (await BinVersionsAsync()).Where(bin => bin.Value > 1).Select(bin => bin.Key)];

    private async Task<Dictionary<string, long>> BinVersionsAsync()
    {
        var versions = new Dictionary<string, long>();
        using var http = new HttpClient();
        foreach (var bin in (string[])["bin-0", "bin-1"])
        {
            using var history = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{World.Server.Url}/api/v1/repositories/{Repository}/history?role={bin}")));
            versions[bin] = history.RootElement.GetProperty("files").EnumerateArray().Max(file => file.GetProperty("version").GetInt64());
        }
        return versions;
    }
}
