using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Importing;

/// <summary><c>signer import docker-trust</c>.</summary>
public sealed class ImportDockerTrustTests : IDisposable
{
    private const string Repository = "registry.example.com/team/app";

    private readonly SignerMachine machine = new() { Time = new FixedTime() };
    private readonly IExportableKey root = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
    private readonly IExportableKey targets = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
    private readonly IExportableKey alice = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);

    private DockerTrustFiles Docker => new(Path.Combine(machine.Root, ".docker", "trust"));

    public void Dispose()
    {
        machine.Dispose();
        root.Dispose();
        targets.Dispose();
        alice.Dispose();
    }

    [Fact]
    public async Task Import_KeysAndTrustData_AreKeptWithTheRolesThatMetadataGivesThem()
    {
        var file = AddAll();
        GivePassphrases();

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["kept", "kept", "kept", "kept"], Results(run));
        var keys = (await machine.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray().Where(key => key.GetProperty("origin").GetString() == "signer").ToList();
        Assert.Equal(["root", "targets", "targets/alice targets/releases"], keys.Select(RolesOf).Order(StringComparer.Ordinal));
        Assert.All(keys, key => Assert.Equal(Repository, Assert.Single(key.GetProperty("repositories").EnumerateArray()).GetString()));
        Assert.Equal(file, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(machine.Home, "roots"), "*.root.json"))));
    }

    [Fact]
    public async Task Import_Again_ChangesNothingAndNeedsNoPassphrase()
    {
        AddAll();
        GivePassphrases();
        await machine.RunAsync("import", "docker-trust");
        var before = Snapshot();
        machine.Environment.Remove("DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE");
        machine.Environment.Remove("DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE");

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.All(Results(run), result => Assert.Equal("present", result));
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task Import_DryRun_ReportsTheSameAndWritesNothing()
    {
        AddAll();
        GivePassphrases();

        var run = await machine.RunAsync("import", "docker-trust", "--dry-run", "-o", "json");

        Assert.Equal(["kept", "kept", "kept", "kept"], Results(run));
        Assert.True(run.Json.GetProperty("dryRun").GetBoolean());
        Assert.False(Directory.Exists(machine.Keys));
        Assert.False(Directory.Exists(Path.Combine(machine.Home, "roots")));
    }

    [Fact]
    public async Task Import_OnePassphraseWrong_KeepsTheOthersAndSaysWhich()
    {
        AddAll();
        using var other = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        var id = Docker.AddKey(other, "targets", "registry.example.com/other", "words that nobody remembers");
        GivePassphrases();

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(4, Results(run).Count(result => result == "kept"));
        var dropped = Assert.Single(run.Json.GetProperty("report").EnumerateArray(), line => line.GetProperty("result").GetString() == "dropped");
        Assert.Contains(id, dropped.GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal("wrong-passphrase", dropped.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Import_NobodyToAsk_SaysWhichVariableIsNeeded()
    {
        Docker.AddKey(root, "root", null);

        var run = await machine.RunAsync("import", "docker-trust");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("SIGNER_ROOT_PASSPHRASE", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OnATerminal_AsksOncePerPassphrase()
    {
        AddAll();
        machine.Terminal.Answer(DockerTrustFiles.Passphrase);

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(machine.Terminal.Questions);
    }

    [Fact]
    public async Task Import_KeysOfOldVersions_AreFoundByTheirPlaces()
    {
        var old = new DockerTrustFiles(Path.Combine(machine.Root, ".notary"));
        DockerTrustFiles.AddKey(Path.Combine(old.Path, "private", "root_keys", DockerTrustFiles.IdOf(root) + ".key"), root, null, null);
        DockerTrustFiles.AddKey(Path.Combine(old.Path, "private", "tuf_keys", Repository, DockerTrustFiles.IdOf(targets) + "_targets.key"), targets, null, null);
        machine.Environment["NOTARY_ROOT_PASSPHRASE"] = DockerTrustFiles.Passphrase;
        machine.Environment["NOTARY_TARGETS_PASSPHRASE"] = DockerTrustFiles.Passphrase;

        var run = await machine.RunAsync("import", "docker-trust", "--from", old.Path);

        Assert.Equal(0, run.ExitCode);
        var keys = (await machine.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray().ToList();
        Assert.Equal(["root", "targets"], keys.Select(RolesOf).Order(StringComparer.Ordinal));
        Assert.Contains(keys, key => RolesOf(key) == "targets" && key.GetProperty("repositories")[0].GetString() == Repository);
    }

    [Fact]
    public async Task Import_WhatIsOfNoUse_IsDroppedWithTheReason()
    {
        AddAll();
        GivePassphrases();
        using var timestamp = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        Docker.AddKey(timestamp, "timestamp", Repository);
        File.WriteAllText(Path.Combine(Docker.Path, "private", "notes.txt"), "nothing");
        File.WriteAllText(Path.Combine(Docker.Path, "private", "broken.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
        machine.WriteFile($".docker/trust/tuf/{Repository}/changelist/1_a.change", "{}");
        machine.WriteFile(".docker/trust/tuf/registry.example.com/damaged/metadata/root.json", "{}");

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        var dropped = run.Json.GetProperty("report").EnumerateArray().Where(line => line.GetProperty("result").GetString() == "dropped").ToDictionary(line => line.GetProperty("name").GetString()!);
        Assert.Equal(5, dropped.Count);
        Assert.Equal("file", dropped["notes.txt"].GetProperty("kind").GetString());
        Assert.Equal("invalid-key-file", dropped["broken.key"].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("change", dropped["1_a.change"].GetProperty("kind").GetString());
        Assert.True(dropped["registry.example.com/damaged"].TryGetProperty("error", out _));
        Assert.Contains("of no use", dropped[DockerTrustFiles.IdOf(timestamp)].GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Equal(11, run.ExitCode);
    }

    [Fact]
    public async Task Import_AnotherRootIsPinned_ItStaysPinned()
    {
        AddAll();
        GivePassphrases();
        await machine.RunAsync("import", "docker-trust");
        var pinned = File.ReadAllBytes(Directory.GetFiles(Path.Combine(machine.Home, "roots"), "*.root.json").Single());
        using var stranger = SigningKeys.Generate(SignatureScheme.EcdsaP256Sha256);
        Docker.AddRepository(Repository, stranger, targets, alice, machine.Time.GetUtcNow());

        var run = await machine.RunAsync("import", "docker-trust", "-o", "json");

        Assert.Equal("dropped", run.Json.GetProperty("report").EnumerateArray().Single(line => line.GetProperty("kind").GetString() == "root").GetProperty("result").GetString());
        Assert.Equal(pinned, File.ReadAllBytes(Directory.GetFiles(Path.Combine(machine.Home, "roots"), "*.root.json").Single()));
    }

    [Fact]
    public async Task Import_NoSuchDirectory_IsRefused()
    {
        var run = await machine.RunAsync("import", "docker-trust", "--from", machine.Root, "-o", "json");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("usage", run.ErrorCode);
    }

    private byte[] AddAll()
    {
        Docker.AddKey(root, "root", null);
        Docker.AddKey(targets, "targets", Repository);
        Docker.AddKey(alice, "alice", null);
        return Docker.AddRepository(Repository, root, targets, alice, machine.Time.GetUtcNow());
    }

    private void GivePassphrases()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "words for new keys";
        machine.Environment["DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE"] = DockerTrustFiles.Passphrase;
        machine.Environment["DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"] = DockerTrustFiles.Passphrase;
    }

    private static List<string?> Results(SignerRun run) => [.. run.Json.GetProperty("report").EnumerateArray().Select(line => line.GetProperty("result").GetString())];

    private static string RolesOf(JsonElement key) => string.Join(' ', key.GetProperty("roles").EnumerateArray().Select(role => role.GetString()).Order(StringComparer.Ordinal));

    private string Snapshot() => string.Join('\n', Directory.EnumerateFiles(machine.Home, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
}
