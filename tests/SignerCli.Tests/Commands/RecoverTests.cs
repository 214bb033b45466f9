using Microsoft.AspNetCore.Http;
using TrustService.Cli.Tests.Support;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Http;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Commands;

/// <summary>
/// Security case B 17: a thief publishes the highest version that there is. <c>recover</c> brings every client back, also those that saw it.
/// </summary>
public sealed class RecoverTests : IAsyncLifetime
{
    private const string Repository = SigningWorld.Repository;
    private const long Highest = 9_007_199_254_740_991;
    private static readonly RepositoryName Name = RepositoryName.ParseCanonical(Repository);

    private SigningWorld World { get; set; } = null!;

    private SignerMachine Verifier { get; set; } = null!;

    public async Task InitializeAsync() => World = await SigningWorld.StartAsync("{\"Limits\":{\"MaxVersionJump\":9007199254740991}}");

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task Case17_StolenTargetsKey_EveryClientComesBack(string format)
    {
        await BeginAsync(format);
        await PublishAsThiefAsync(MetadataFormats.Find(format), 3, Highest);
        // Both have seen the thief's version; the thief's image would be pulled, and nothing can be signed any more.
        Assert.Equal(0, (await Verifier.RunAsync("verify", $"{Repository}:evil", "--no-registry")).ExitCode);
        Assert.NotEqual(0, (await World.SignAsync("1.1", "fixed")).ExitCode);

        // Version 3 looks like any other. Nobody but the owner can tell, so that nothing is signed unless he does.
        var untold = await World.Owner.RunAsync("recover", Repository, "-y", "-o", "json");
        Assert.Equal("usage", untold.ErrorCode);
        Assert.Contains("targets 3, published", untold.Messages, StringComparison.Ordinal);
        Assert.Contains("2 signed; + evil", untold.Messages, StringComparison.Ordinal);
        var unknown = await World.Owner.RunAsync("recover", Repository, "--from", "targets=99", "-y", "-o", "json");
        Assert.Equal("metadata-unknown", unknown.ErrorCode);
        Assert.DoesNotContain("99", unknown.Json[0].GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal);
        string[] told = ["--from", "targets=2", "-y"];
        if (format == "notary")
        {
            told = [];
            World.Owner.Terminal.Answer("2", "y");
        }
        var recover = await World.Owner.RunAsync(["recover", Repository, .. told]);

        Assert.True(recover.ExitCode == 0, recover.Messages);
        Assert.All(World.Owner.Terminal.Questions, question => Assert.True(question.Contains("[3, 2, 1]", StringComparison.Ordinal) || question.Contains("Publish root 2, targets 4", StringComparison.Ordinal), question));
        Assert.Contains($"targets {Highest}", recover.Messages, StringComparison.Ordinal);
        Assert.Contains("compared with now - evil", recover.Messages, StringComparison.Ordinal);
        Assert.Equal($"{Repository}  published root 2, targets 4\n", recover.Results);
        await VerifyAsync(Verifier, "1.0", 0);
        await VerifyAsync(Verifier, "evil", 10);
        Assert.Equal(0, (await World.SignAsync("1.1", "fixed")).ExitCode);
        await VerifyAsync(Verifier, "1.1", 0);
        await VerifyAsync(await NewVerifierAsync(), "1.1", 0);
    }

    // The highest version that passes for an honest one: that which follows it does not.
    [Fact]
    public async Task Case17_ThiefsVersionJustBelowTheImplausible_IsNotFollowed()
    {
        await BeginAsync("tuf");
        await PublishAsThiefAsync(MetadataFormats.Find("tuf"), uint.MaxValue);

        var recover = await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "--from", "targets=2", "-y");

        Assert.True(recover.ExitCode == 0, recover.Messages);
        Assert.Equal($"{Repository}  published root 2, targets 3\n", recover.Results);
        await VerifyAsync(Verifier, "evil", 10);
        Assert.Equal(0, (await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y")).ExitCode);
    }

    [Fact]
    public async Task Case17_ServerTellsOfVersionsThatItCannotShow_TheyAreNotFollowed()
    {
        await BeginAsync("tuf");
        await using var hostile = await HostileServer.StartAsync(context => RelayAsync(context, $$"""{"files":[{"version":{{uint.MaxValue}},"publishedAt":"2030-03-01T12:00:00Z"},{"version":4000000,"publishedAt":"2030-03-01T12:00:00Z"}]}"""));
        World.Owner.Environment["SIGNER_SERVER"] = hostile.Address.ToString().TrimEnd('/');

        var recover = await World.Owner.RunAsync("recover", Repository, "--stolen", "targets", "--from", "targets=2", "-y");

        Assert.True(recover.ExitCode == 0, recover.Messages);
        Assert.Equal($"{Repository}  published root 2, targets 3\n", recover.Results);
        Assert.Equal(0, (await World.Owner.RunAsync("renew", Repository, "--role", "targets", "-y")).ExitCode);
    }

    [Fact]
    public async Task Case17_StolenOnlineKeys_ClientsThatSawTheThiefsMirrorComeBack()
    {
        await BeginAsync("tuf");
        await using var mirror = await PoisonedMirrorAsync();
        await VerifyAsync(Verifier, "1.0", 0, "--metadata-url", mirror.Url);
        await VerifyAsync(Verifier, "1.0", 11);

        var nothing = await World.Owner.RunAsync("recover", Repository, "-y");
        Assert.Contains("--stolen", nothing.Messages, StringComparison.Ordinal);
        var recover = await World.Owner.RunAsync("recover", Repository, "--stolen", "online", "-y");

        Assert.True(recover.ExitCode == 0, recover.Messages);
        Assert.Equal($"{Repository}  published root 2\n", recover.Results);
        await VerifyAsync(Verifier, "1.0", 0);
        Assert.Equal(0, (await World.SignAsync("1.1", "fixed")).ExitCode);
        await VerifyAsync(Verifier, "1.1", 0);
    }

    [Fact]
    public async Task Case17_OwnersCachePoisoned_IsFoundWithoutBeingTold()
    {
        await BeginAsync("tuf");
        await using var mirror = await PoisonedMirrorAsync();
        await VerifyAsync(World.Owner, "1.0", 0, "--metadata-url", mirror.Url);

        var recover = await World.Owner.RunAsync("recover", Repository, "-y", "-o", "json");

        Assert.Equal("recovered", recover.Json[0].GetProperty("outcome").GetString());
        Assert.Contains($"has seen timestamp {Highest}", recover.Messages, StringComparison.Ordinal);
        await VerifyAsync(World.Owner, "1.0", 0);
    }

    [Fact]
    public async Task LostRoot_TellsWhatStillWorksAndBeginsAnewOnlyWhenAsked()
    {
        await BeginAsync("tuf");
        var fingerprint = (await World.Owner.RunAsync("root", "export", "--fingerprint", Repository)).Results.Trim();
        foreach (var file in Directory.GetFiles(World.Owner.Keys, "root-*"))
            File.Delete(file);

        var explained = await World.Owner.RunAsync("recover", "lost-root", Repository);
        Assert.Equal($"{Repository}  root-key-missing\n", explained.Results);
        Assert.Contains("signer key restore", explained.Messages, StringComparison.Ordinal);
        Assert.Equal(fingerprint, (await World.Owner.RunAsync("root", "export", "--fingerprint", Repository)).Results.Trim());

        var anew = await World.Owner.RunAsync("recover", "lost-root", "--begin-anew", Repository, "-y");

        Assert.True(anew.ExitCode == 0, anew.Messages);
        Assert.NotEqual(fingerprint, (await World.Owner.RunAsync("root", "export", "--fingerprint", Repository)).Results.Trim());
        await VerifyAsync(Verifier, "1.0", 11);
        await VerifyAsync(await NewVerifierAsync(), "1.0", 0);
        Assert.Equal(0, (await World.SignAsync("1.1", "fixed")).ExitCode);
    }

    private async Task BeginAsync(string format)
    {
        World.Owner.AddQuickKey("root", "root", Repository);
        World.Owner.AddQuickKey("targets", "targets", Repository);
        Assert.Equal(0, (await World.Owner.RunAsync("init", Repository, "--format", format)).ExitCode);
        Assert.Equal(0, (await World.SignAsync("1.0")).ExitCode);
        Verifier = await NewVerifierAsync();
        await VerifyAsync(Verifier, "1.0", 0);
    }

    private async Task<SignerMachine> NewVerifierAsync()
    {
        var machine = World.NewMachine();
        Assert.Equal(0, (await machine.RunAsync("root", "export", Repository, "--tofu")).ExitCode);
        return machine;
    }

    private static async Task VerifyAsync(SignerMachine machine, string tag, int exitCode, params string[] options)
    {
        var verify = await machine.RunAsync(["verify", $"{Repository}:{tag}", "--no-registry", .. options]);
        Assert.True(verify.ExitCode == exitCode, verify.Messages);
    }

    private async Task PublishAsThiefAsync(IMetadataFormat format, params long[] versions)
    {
        using var file = PrivateKeyFile.Parse(await File.ReadAllBytesAsync(Directory.GetFiles(World.Owner.Keys, "targets-*.pem").Single()));
        using var stolen = file.Open("the targets passphrase"u8);
        using var http = new HttpClient();
        var exchange = new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions());
        ITrustServer server = format.Name == "tuf" ? new TrustServerClient(exchange, World.Server.Url) : new NotaryServerClient(exchange, World.Server.Url, null);
        var targets = format.Read<Targets>(await server.Metadata(Name).FetchAsync(format.Rules.FileName(RoleName.Targets, format.Name == "tuf" ? 2 : null), 1_000_000, CancellationToken.None), 1_000_000).Signed;
        var evil = TargetsEditor.Next(targets, new TargetsChange { Set = new TargetsChange().Set.Add("evil", targets.TargetFiles["1.0"]) }, World.Time.Now + TimeSpan.FromDays(300));
        foreach (var version in versions)
        {
            var signed = MetadataSigner.Sign(format, evil with { Version = version }, [format.DescribeKey(stolen.Scheme, stolen.Material)], [stolen]);
            await server.PublishAsync(Name, new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Targets] = signed.File }, CancellationToken.None);
        }
    }

    // The real server, but for what it tells of its history.
    private async Task RelayAsync(HttpContext context, string history)
    {
        if (context.Request.Path.Value!.EndsWith("/history", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(history);
            return;
        }
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{World.Server.Url}{context.Request.Path}{context.Request.QueryString}");
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        using var answer = await http.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<StaticFileHost> PoisonedMirrorAsync()
    {
        var format = MetadataFormats.Find("tuf");
        var directory = Directory.CreateDirectory(Path.Combine(World.Owner.Root, "mirror")).FullName;
        using var http = new HttpClient();
        var files = new HttpMetadataSource(new HttpExchange(http, HttpPeer.TrustServer, new HttpClientOptions()), $"{World.Server.Url}/tuf/{Repository}/metadata/");
        foreach (var name in (string[])["1.root.json", "2.targets.json", "2.snapshot.json"])
            await File.WriteAllBytesAsync(Path.Combine(directory, name), (await files.FetchAsync(name, 1_000_000, CancellationToken.None))!);
        var snapshot = format.Read<Snapshot>(await File.ReadAllBytesAsync(Path.Combine(directory, "2.snapshot.json")), 1_000_000).Signed with { Version = Highest };
        var timestamp = format.Read<Timestamp>(await files.FetchAsync("timestamp.json", 100_000, CancellationToken.None), 100_000).Signed;
        var poisoned = await SignAsync(format, snapshot, RoleName.Snapshot);
        await File.WriteAllBytesAsync(Path.Combine(directory, $"{Highest}.snapshot.json"), poisoned.File.ToArray());
        var head = await SignAsync(format, timestamp with { Version = Highest, SnapshotMeta = poisoned.Describe() }, RoleName.Timestamp);
        await File.WriteAllBytesAsync(Path.Combine(directory, "timestamp.json"), head.File.ToArray());
        return await StaticFileHost.StartAsync(directory);
    }

    private async Task<SignedMetadata<TRole>> SignAsync<TRole>(IMetadataFormat format, TRole role, RoleName name)
        where TRole : class, IRole
    {
        var key = await World.Server.StealAsync(Name, name);
        return MetadataSigner.Sign(format, role, [format.DescribeKey(key.Scheme, key.Material)], [key]);
    }
}
