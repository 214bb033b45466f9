using System.Text.Json;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Moving;

/// <summary>From Debian's real Notary server to this one: what its old clients saw, they see here, and nobody has to do anything.</summary>
public sealed class MovingInTests : IAsyncLifetime
{
    private OldNotary old = null!;
    private ServerProcess server = null!;

    public async Task InitializeAsync()
    {
        server = await ServerProcess.StartAsync(plainHttp: true);
        old = await OldNotary.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await old.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task ImportNotary_ThreeRepositoriesWithTheirKeys_OldClientsGoOnWithoutAComplaint()
    {
        string[] repositories = [await old.NewRepositoryAsync("bulk", 1000), await old.NewWithDelegationsAsync("delegations"), await old.NewWithRotatedRootsAsync("rotated")];
        var (reader, seen) = await old.NewReaderAsync(repositories);
        Assert.Equal(1000, seen[0].Count);
        var signer = await old.NewSignerAsync(server);

        // The pinned root does not vouch for the ones before the rotation.
        var moved = (await signer.RunAsync(["import", "notary", old.Server.Url, .. repositories, "--tofu", "-o", "json"])).Exits(0);
        await old.GoDarkAsync();

        Assert.Equal(1000, Report(moved, repositories[0], "target").Count);
        Assert.All(Report(moved, null, null), line => Assert.Equal("kept", line.GetProperty("result").GetString()));
        Assert.Equal(["1 to 2", "1 to 4"], Report(moved, repositories[2], "root").Select(line => line.GetProperty("name").GetString()));
        for (var i = 0; i < repositories.Length; i++)
        {
            Assert.False(await IsReadOnlyAsync(repositories[i]));
            Assert.Equal(seen[i], await ListAsync(reader, repositories[i]));
            // Nobody who comes later sees anything else.
            using var newcomer = new NotaryTool(server.Url, null);
            Assert.Equal(seen[i], await newcomer.ListAsync(repositories[i]));
        }
    }

    [Fact]
    public async Task ImportNotary_AfterIt_TheOwnersNotaryClientGoesOnPublishing()
    {
        var repository = await old.NewRepositoryAsync("app");
        var (reader, seen) = await old.NewReaderAsync(repository);
        var signer = await old.NewSignerAsync(server);
        (await signer.RunAsync("import", "notary", old.Server.Url, repository)).Exits(0);
        await old.GoDarkAsync();

        (await old.Owner.RunAtAsync(server.Url, "add", "-p", repository, "v2", old.Owner.NewContent("content.bin", 200))).Succeeds();

        var now = await ListAsync(reader, repository);
        Assert.Equal(["v1", "v2"], now.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(seen[0]["v1"], now["v1"]);
    }

    [Fact]
    public async Task ImportNotary_RootCertificateEndsWithinAYear_OldClientsFollowToTheNewOne()
    {
        var repository = $"{old.Prefix}/app";
        using var certificate = new SigningCertificate(repository);
        await old.Owner.PublishAsync("init", "-p", "--rootkey", certificate.EncryptedKeyFile, "--rootcert", certificate.CertificateFile, repository);
        await old.Owner.PublishAsync("add", "-p", repository, "v1", old.Owner.NewContent("content.bin", 100));
        var (reader, seen) = await old.NewReaderAsync(repository);
        var before = reader.Cached(repository, "root");
        var signer = await old.NewSignerAsync(server);

        var moved = (await signer.RunAsync("import", "notary", old.Server.Url, repository, "-o", "json")).Exits(0);
        await old.GoDarkAsync();

        Assert.Contains(Report(moved, repository, "key"), line => line.GetProperty("name").GetString() == "root" && line.GetProperty("why").GetString()!.Contains("ends within a year", StringComparison.Ordinal));
        Assert.Equal(seen[0], await ListAsync(reader, repository));
        Assert.NotEqual(before, reader.Cached(repository, "root"));
    }

    [Fact]
    public async Task ImportNotary_WithoutTheRootKey_IsReadOnlyAndSaysUntilWhen_ThenTakenOverLater()
    {
        var repository = await old.NewRepositoryAsync("app");
        var (reader, seen) = await old.NewReaderAsync(repository);
        var stranger = old.NewStranger(server);

        var unpinned = await stranger.RunAsync("import", "notary", old.Server.Url, repository);
        unpinned.Exits(2);
        var moved = (await stranger.RunAsync("import", "notary", old.Server.Url, repository, "--tofu", "-o", "json")).Exits(0);

        Assert.Contains("begins with what", moved.Messages, StringComparison.Ordinal);
        Assert.Contains("read-only", Report(moved, repository, "key").Single().GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.True(await IsReadOnlyAsync(repository));
        Assert.Equal(seen[0], await ListAsync(reader, repository));
        Assert.NotEqual(0, (await old.Owner.RunAtAsync(server.Url, "add", "-p", repository, "v2", old.Owner.NewContent("content.bin", 200))).ExitCode);

        (await stranger.RunAsync("import", "docker-trust", "--from", old.Owner.TrustDirectory)).Exits(0);
        (await stranger.RunAsync("import", "notary", old.Server.Url, repository)).Exits(0);
        Assert.False(await IsReadOnlyAsync(repository));
        Assert.Equal(seen[0], await ListAsync(reader, repository));
        // Once more is no change, and no mistake.
        var again = (await stranger.RunAsync("import", "notary", old.Server.Url, repository, "-o", "json")).Exits(0);
        Assert.Equal("present", Report(again, null, "repository").Single().GetProperty("result").GetString());
    }

    [Fact]
    public async Task Archive_ThenTheOldServerGoesDark_ImportsFromTheArchive()
    {
        string[] repositories = [await old.NewWithDelegationsAsync("delegations"), await old.NewWithRotatedRootsAsync("rotated")];
        var (reader, seen) = await old.NewReaderAsync(repositories);
        var signer = await old.NewSignerAsync(server);
        var archive = signer["trust.tar"];
        File.WriteAllText(signer["names"], $"# what we have\n{repositories[0]}\n\n{repositories[1]}\n{old.Prefix}/unknown\n");

        var saved = (await signer.RunAsync("archive", "notary", old.Server.Url, "--all-from", signer["names"], "-o", archive, "--output", "json")).Exits(10);
        await old.GoDarkAsync();
        var later = (await signer.RunAsync("archive", "notary", old.Server.Url, repositories[0], "-o", signer["later.tar"])).Exits(14);
        var moved = (await signer.RunAsync("import", "notary", archive, "-o", "json")).Exits(0);

        Assert.Equal(["kept", "kept", "dropped"], Report(saved, null, "repository").Select(line => line.GetProperty("result").GetString()));
        Assert.False(File.Exists(signer["later.tar"]), later.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));
        Assert.NotEmpty(Report(moved, repositories[0], "target"));
        for (var i = 0; i < repositories.Length; i++)
            Assert.Equal(seen[i], await ListAsync(reader, repositories[i]));
    }

    [Fact]
    public async Task Archive_OneByteChanged_IsRefused()
    {
        var repository = await old.NewRepositoryAsync("app");
        var signer = await old.NewSignerAsync(server);
        var archive = signer["trust.tar"];
        (await signer.RunAsync("archive", "notary", old.Server.Url, repository, "-o", archive)).Exits(0);
        var bytes = File.ReadAllBytes(archive);
        bytes[bytes.AsSpan().IndexOf("\"sig\":\""u8) + 10] ^= 1;
        File.WriteAllBytes(signer["changed.tar"], bytes);
        File.WriteAllBytes(signer["cut.tar"], bytes[..(bytes.Length / 2)]);

        (await signer.RunAsync("import", "notary", signer["changed.tar"])).Exits(1);
        (await signer.RunAsync("import", "notary", signer["cut.tar"])).Exits(1);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await server.Http.GetAsync(new Uri($"{server.Url}/api/v1/repositories/{repository}"))).StatusCode);
    }

    [Fact]
    public async Task ImportNotary_AnotherRootIsPinned_IsRefusedAndNothingMoves()
    {
        var repository = await old.NewRepositoryAsync("app");
        var other = await old.NewRepositoryAsync("other");
        var signer = old.NewStranger(server);
        var foreign = old.Owner.CachePath(other, "root");

        var refused = await signer.RunAsync("import", "notary", old.Server.Url, repository, "--root", foreign, "-o", "json");

        refused.Exits(11);
        Assert.Equal("root-mismatch", Report(refused, null, "repository").Single().GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await server.Http.GetAsync(new Uri($"{server.Url}/api/v1/repositories/{repository}"))).StatusCode);
    }

    [Fact]
    public async Task ImportNotary_Convert_MakesATufRepositoryWithTheTargetsThatDockerTakes()
    {
        var repository = await old.NewWithDelegationsAsync("delegations");
        var signer = await old.NewSignerAsync(server);
        var name = "registry.example.com/moved/app";
        signer.Environment["SIGNER_ROOT_PASSPHRASE"] = SignerTool.RootPassphrase;
        signer.Environment["SIGNER_TARGETS_PASSPHRASE"] = SignerTool.TargetsPassphrase;

        var moved = (await signer.RunAsync("import", "notary", old.Server.Url, repository, "--convert", "--as", name, "-y", "-o", "json")).Exits(0);
        var inspected = (await signer.RunAsync("inspect", name, "-o", "json")).Exits(0);

        Assert.Equal(["by-releases", "v1"], inspected.Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        var dropped = Report(moved, repository, null).Where(line => line.GetProperty("result").GetString() == "dropped").Select(line => line.GetProperty("name").GetString()).ToList();
        Assert.Equal(["by-alice", "by-night", "targets/alice", "targets/alice/night"], dropped.Order(StringComparer.Ordinal));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await server.Http.GetAsync(new Uri($"{server.Url}/api/v1/repositories/{repository}"))).StatusCode);
    }

    [Fact]
    public async Task ImportNotary_ServerThatWantsTokens_IsAskedWithTheLogin()
    {
        await using var tokens = await TokenService.StartAsync();
        await using var closed = await OldNotary.StartAsync(tokens);
        var login = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{RegistryFixture.Username}:{RegistryFixture.Password}"));
        var repository = $"{closed.Prefix}/app";
        (await closed.Owner.RunWithLoginAsync(login, "init", "-p", repository)).Succeeds();
        var signer = closed.NewStranger(server);

        (await signer.RunAsync("import", "notary", closed.Server.Url, repository, "--tofu")).Exits(14);
        signer.Environment["NOTARY_AUTH"] = login;
        (await signer.RunAsync("import", "notary", closed.Server.Url, repository, "--tofu")).Exits(0);

        Assert.True(await IsReadOnlyAsync(repository));
    }

    private async Task<IReadOnlyDictionary<string, ListedTarget>> ListAsync(NotaryTool client, string repository)
    {
        var list = (await client.RunAtAsync(server.Url, "list", repository)).Succeeds();
        Assert.Equal("", list.Messages);
        return NotaryTool.ReadList(list);
    }

    private async Task<bool> IsReadOnlyAsync(string repository)
    {
        using var detail = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri($"{server.Url}/api/v1/repositories/{repository}")));
        return detail.RootElement.GetProperty("isReadOnly").GetBoolean();
    }

    private static List<JsonElement> Report(SignerResult result, string? repository, string? kind) =>
    [
        .. result.Json.GetProperty("report").EnumerateArray()
            .Where(line => (repository is null || (line.TryGetProperty("repository", out var name) && name.GetString() == repository)) && (kind is null || line.GetProperty("kind").GetString() == kind)),
    ];
}
