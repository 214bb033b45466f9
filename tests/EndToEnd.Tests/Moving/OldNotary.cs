using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Moving;

/// <summary>The real Notary server that people want to leave, an owner with keys, and readers who trust what they saw there.</summary>
public sealed class OldNotary : IAsyncDisposable
{
    private readonly List<IDisposable> people = [];
    private bool isDark;

    private OldNotary(NotaryServerFixture server)
    {
        Server = server;
        Owner = Keep(new NotaryTool(server.Url, null));
        Prefix = $"old-{Guid.NewGuid():N}.example.test";
    }

    /// <summary>The server.</summary>
    public NotaryServerFixture Server { get; }

    /// <summary>Somebody who owns every repository.</summary>
    public NotaryTool Owner { get; }

    /// <summary>What the names of all repositories begin with.</summary>
    public string Prefix { get; }

    /// <summary>Starts the server.</summary>
    public static async Task<OldNotary> StartAsync(TokenService? tokens = null) => new(await NotaryServerFixture.StartAsync(tokens));

    /// <summary>A repository with so many targets.</summary>
    public async Task<string> NewRepositoryAsync(string name, int targets = 1)
    {
        var repository = $"{Prefix}/{name}";
        await Owner.PublishAsync("init", "-p", repository);
        Stage(repository, targets);
        await Owner.PublishAsync("publish", repository);
        return repository;
    }

    /// <summary>A repository whose owner has others sign: releases, a signer, and one below that signer.</summary>
    public async Task<string> NewWithDelegationsAsync(string name)
    {
        var repository = await NewRepositoryAsync(name);
        foreach (var role in (string[])["targets/releases", "targets/alice", "targets/alice/night"])
        {
            using var signer = new SigningCertificate(role);
            await Owner.DoAsync("key", "import", signer.KeyFile, "--role", role);
            await Owner.PublishAsync("delegation", "add", "-p", repository, role, signer.CertificateFile, "--all-paths");
            await Owner.PublishAsync("add", "-p", "-r", role, repository, $"by-{role.Split('/')[^1]}", Owner.NewContent("content.bin", 100));
        }
        return repository;
    }

    /// <summary>A repository with four roots: its root key was changed twice, and its snapshot went to the server.</summary>
    public async Task<string> NewWithRotatedRootsAsync(string name)
    {
        var repository = await NewRepositoryAsync(name);
        await Owner.DoAsync("key", "rotate", repository, "snapshot", "-r");
        await Owner.ConfirmAsync("key", "rotate", repository, "root");
        await Owner.ConfirmAsync("key", "rotate", repository, "root");
        return repository;
    }

    /// <summary>Somebody who has read the repositories, and so trusts their roots; and what he saw.</summary>
    public async Task<(NotaryTool Client, IReadOnlyList<IReadOnlyDictionary<string, ListedTarget>> Seen)> NewReaderAsync(params string[] repositories)
    {
        var client = Keep(new NotaryTool(Server.Url, null));
        var seen = new List<IReadOnlyDictionary<string, ListedTarget>>();
        foreach (var repository in repositories)
            seen.Add(await client.ListAsync(repository));
        return (client, seen);
    }

    /// <summary>Somebody's signer with the keys of the owner.</summary>
    public async Task<SignerTool> NewSignerAsync(ServerProcess server)
    {
        var signer = NewStranger(server);
        (await signer.RunAsync("import", "docker-trust", "--from", Owner.TrustDirectory)).Exits(0);
        return signer;
    }

    /// <summary>Somebody's signer that knows the passphrases of the owner, and has nothing yet.</summary>
    public SignerTool NewStranger(ServerProcess server)
    {
        var signer = Keep(new SignerTool(server));
        signer.Environment["NOTARY_ROOT_PASSPHRASE"] = NotaryTool.RootPassphrase;
        signer.Environment["NOTARY_TARGETS_PASSPHRASE"] = "targets-passphrase";
        signer.Environment["NOTARY_SNAPSHOT_PASSPHRASE"] = "snapshot-passphrase";
        signer.Environment["NOTARY_DELEGATION_PASSPHRASE"] = "delegation-passphrase";
        // The copies keep the passphrases of the originals, so the variables of this program have to give them as well.
        foreach (var variable in (string[])["SIGNER_ROOT_PASSPHRASE", "SIGNER_TARGETS_PASSPHRASE"])
            signer.Environment.Remove(variable);
        return signer;
    }

    /// <summary>Ends the server for good.</summary>
    public async Task GoDarkAsync()
    {
        if (!isDark)
            await Server.DisposeAsync();
        isDark = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        people.ForEach(person => person.Dispose());
        await GoDarkAsync();
    }

    // As the client stages them: one process for each would take minutes.
    private void Stage(string repository, int targets)
    {
        var directory = Path.Combine(Owner.TrustDirectory, "tuf", repository, "changelist");
        Directory.CreateDirectory(directory);
        for (var i = 0; i < targets; i++)
        {
            var digest = new byte[32];
            BitConverter.TryWriteBytes(digest, i + 1);
            var file = new JsonObject { ["length"] = i + 1, ["hashes"] = new JsonObject { ["sha256"] = Convert.ToBase64String(digest) } };
            var change = new JsonObject
            {
                ["action"] = "create",
                ["role"] = "targets",
                ["type"] = "target",
                ["path"] = string.Create(CultureInfo.InvariantCulture, $"v{i + 1}"),
                ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(file.ToJsonString())),
            };
            File.WriteAllText(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{i:000000}_{Guid.NewGuid()}.change")), change.ToJsonString());
        }
    }

    private T Keep<T>(T person)
        where T : IDisposable
    {
        people.Add(person);
        return person;
    }
}
