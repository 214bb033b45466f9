using System.Text;
using System.Text.Json;
using TrustService.Cli.Importing;
using TrustService.Cli.Tests.Support;
using TrustService.Client;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Importing;

/// <summary><c>signer import notary</c> from archives, against the real server in this process.</summary>
public sealed class ImportNotaryTests : IAsyncLifetime
{
    private static readonly RoleName Alice = RoleName.Parse("targets/alice");

    private SigningWorld world = null!;
    private SignerMachine machine = null!;
    private NotaryRepository origin = null!;

    public async Task InitializeAsync()
    {
        world = await SigningWorld.StartAsync();
        machine = world.NewMachine();
        origin = new NotaryRepository(world.Time.Now);
        origin.Add(RoleName.Targets, "1.0");
        origin.Init();
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Import_NothingPinned_IsRefusedUnlessAskedForByName()
    {
        var refused = await ImportAsync();
        var trusted = await ImportAsync("--tofu");

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("root-not-pinned", Lines(refused).Single().GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(0, trusted.ExitCode);
        Assert.Contains("Trust in", trusted.Messages, StringComparison.Ordinal);
        Assert.Contains("root:1:sha256:", trusted.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_DryRun_ShowsTheTargetsAndMovesNothing()
    {
        var run = await ImportAsync("--tofu", "--dry-run");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("1.0", Assert.Single(Lines(run), line => line.GetProperty("kind").GetString() == "target").GetProperty("name").GetString());
        using var http = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(DetailUri)).StatusCode);
        Assert.False(Directory.Exists(Path.Combine(machine.Home, "roots")));
    }

    [Fact]
    public async Task Import_Expired_IsKeptButSaidToBeRefusedByClients()
    {
        world.Time.Now = world.Time.Now.AddDays(400);

        var run = await ImportAsync("--tofu");

        Assert.Equal(12, run.ExitCode);
        Assert.Equal("expired", Lines(run)[^1].GetProperty("error").GetProperty("code").GetString());
        Assert.True((await DetailAsync()).GetProperty("isReadOnly").GetBoolean());
    }

    [Theory]
    [InlineData(30, "refuse it at every server")]
    [InlineData(300, "ends within a year")]
    public async Task Import_RootCertificateThatEnds_IsTakenOverWithANewOneOfTheSameKey(int days, string said)
    {
        origin.Certificate = RootCertificate.Create(origin.RootKey, origin.Name, world.Time.Now, world.Time.Now.AddDays(days));
        origin.Published = null;
        origin.Roots.Clear();
        origin.SetRole(RoleName.Root, origin.Certificate);
        origin.Init();
        await KeepKeyAsync(origin.RootKey, "root");
        world.Time.Now = world.Time.Now.AddDays(60);

        var run = await ImportAsync("--tofu");

        Assert.True(run.ExitCode == 0, run.Results + run.Messages);
        Assert.False((await DetailAsync()).GetProperty("isReadOnly").GetBoolean());
        Assert.Contains(said, Lines(run).Single(line => line.GetProperty("kind").GetString() == "key" && line.GetProperty("name").GetString() == "root").GetProperty("why").GetString(), StringComparison.Ordinal);
        using var http = new HttpClient();
        var root = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{world.Server.Url}/v2/{origin.Name}/_trust/tuf/2.root.json"))).RootElement;
        Assert.Equal(2, root.GetProperty("signatures").GetArrayLength());
        Assert.NotEqual(origin.Certificate.Id.Value, root.GetProperty("signed").GetProperty("roles").GetProperty("root").GetProperty("keyids")[0].GetString());
    }

    [Fact]
    public async Task Import_ReadOnly_LeavesTheKeysAlone_AndFollowsUntilTheTakeover()
    {
        await KeepKeyAsync(origin.RootKey, "root");
        Assert.Equal(0, (await ImportAsync("--tofu", "--read-only")).ExitCode);
        Assert.True((await DetailAsync()).GetProperty("isReadOnly").GetBoolean());
        origin.Add(RoleName.Targets, "1.1");
        origin.Publish(origin.File(RoleName.Targets));

        Assert.Equal(0, (await ImportAsync()).ExitCode);
        var late = await ImportAsync();

        var detail = await DetailAsync();
        Assert.False(detail.GetProperty("isReadOnly").GetBoolean());
        Assert.Equal(2, detail.GetProperty("targetCount").GetInt32());
        Assert.Equal(0, late.ExitCode);
        Assert.Equal("present", Assert.Single(Lines(late)).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Import_PublishedOnAfterTheTakeoverAtBothServers_IsRefused()
    {
        await KeepKeyAsync(origin.RootKey, "root");
        Assert.Equal(0, (await ImportAsync("--tofu")).ExitCode);
        origin.Root = origin.Root with { Version = 2 };
        origin.Publish(origin.RootFile());

        var run = await ImportAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("repository-exists", Assert.Single(Lines(run)).GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_ForgedRootBeforeThePinnedOne_IsNeitherPinnedNorServedUnlessAskedForByName(bool onFirstUse)
    {
        origin.Root = origin.Root with { Version = 2 };
        origin.Publish(origin.RootFile());
        var stranger = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        var certificate = RootCertificate.Create(stranger, origin.Name, world.Time.Now, world.Time.Now.AddYears(1));
        var genuine = origin.Root;
        origin.SetRole(RoleName.Root, origin.Certificate, certificate);
        origin.Roots[0] = NotaryRepository.Sign(origin.Root with { Version = 1 }, (certificate, stranger));
        origin.Root = genuine;
        var pin = RootPin.OfFile(NotaryFormat.Instance, origin.Roots[1]);

        var run = await ImportAsync(["--root", pin.Fingerprint, .. onFirstUse ? ["--tofu"] : Array.Empty<string>()]);

        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(Lines(run), line => line.GetProperty("kind").GetString() == "root" && line.GetProperty("name").GetString() == "1");
        Assert.Equal(onFirstUse ? "kept" : "dropped", line.GetProperty("result").GetString());
        Assert.Equal(origin.Roots[1], await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(machine.Home, "roots"), "*.json"))));
        using var http = new HttpClient();
        using var served = await http.GetAsync(new Uri($"{world.Server.Url}/v2/{origin.Name}/_trust/tuf/1.root.json"));
        Assert.Equal(onFirstUse ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.NotFound, served.StatusCode);
    }

    [Fact]
    public async Task Import_TakenOverButNotReadBack_SaysWhichRootTookOver()
    {
        await KeepKeyAsync(origin.RootKey, "root");
        await File.WriteAllTextAsync(Path.Combine(machine.Home, "cache"), "in the way");

        var run = await ImportAsync("--tofu");

        var line = Assert.Single(Lines(run), line => line.GetProperty("name").GetString() == "timestamp");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("kept", line.GetProperty("result").GetString());
        Assert.StartsWith("taken over as root 2, could not be read back", line.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.False((await DetailAsync()).GetProperty("isReadOnly").GetBoolean());
    }

    [Fact]
    public async Task Import_RoleThatClientsSkip_IsKeptAndSaid()
    {
        var former = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        origin.Delegate(RoleName.Targets, Alice, former, "");
        origin.Add(Alice, "2.0");
        origin.Publish(origin.File(RoleName.Targets), origin.File(Alice));
        origin.Delegate(RoleName.Targets, Alice, SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256), "");
        origin.Publish(origin.File(RoleName.Targets));

        var run = await ImportAsync("--tofu");

        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(Lines(run), line => line.GetProperty("name").GetString() == Alice.Value);
        Assert.Equal("kept", line.GetProperty("result").GetString());
        Assert.Contains("clients skip it", line.GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OptionsThatDoNotFit_AreRefused()
    {
        foreach (var options in (string[][])[["--as", "registry.example.com/new"], ["--root-key", "x"]])
            Assert.Equal(2, (await ImportAsync([.. options, "--tofu"])).ExitCode);
        Assert.Equal(2, (await machine.RunAsync("import", "notary", "-o", "json")).ExitCode);
    }

    private Uri DetailUri => new($"{world.Server.Url}/api/v1/repositories/{origin.Name}");

    private async Task<SignerRun> ImportAsync(params string[] options)
    {
        var path = Path.Combine(machine.Root, $"{Guid.NewGuid():N}.tar");
        using (var archive = new ArchiveWriter(path, "https://notary.example.com", world.Time.Now))
        {
            archive.Add(new ForeignRepository(origin.Name, [.. Files()]), null);
            archive.Complete();
        }
        return await machine.RunAsync(["import", "notary", path, "-o", "json", .. options]);
    }

    private IEnumerable<ForeignFile> Files()
    {
        var set = origin.Published!;
        for (var at = 0; at < origin.Roots.Count; at++)
            yield return new ForeignFile(RoleName.Root, at + 1, origin.Roots[at]);
        yield return new ForeignFile(RoleName.Timestamp, set.Timestamp.Metadata.Signed.Version, set.Timestamp.Metadata.File);
        yield return new ForeignFile(RoleName.Snapshot, set.Snapshot.Metadata.Signed.Version, set.Snapshot.Metadata.File);
        foreach (var (role, document) in set.Targets)
            yield return new ForeignFile(role, document.Read().Signed.Version, document.File);
    }

    private async Task KeepKeyAsync(ISigningKey key, string role)
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "the root passphrase";
        var file = machine.WriteFile($"{role}.pem", Encoding.ASCII.GetString(PrivateKeyFile.Write((IExportableKey)key, "the root passphrase"u8)));
        Assert.Equal(0, (await machine.RunAsync("key", "import", file, "--role", role)).ExitCode);
    }

    private async Task<JsonElement> DetailAsync()
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync(DetailUri)).RootElement;
    }

    private static List<JsonElement> Lines(SignerRun run) => [.. run.Json.GetProperty("report").EnumerateArray()];
}
