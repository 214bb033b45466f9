using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>A server that all tests of Notary clients share; each test has repositories and people of its own.</summary>
public sealed class NotaryWorld : IAsyncLifetime, IDisposable
{
    private readonly List<NotaryTool> people = [];

    /// <summary>The server.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Server = await NotaryServers.RentAsync(NotaryServers.SqliteOverTls);

    /// <summary>Somebody with an empty trust directory.</summary>
    public NotaryTool NewClient() => NewClient(Server);

    /// <summary>Somebody with an empty trust directory, who uses another server.</summary>
    public NotaryTool NewClient(ServerProcess server) => Keep(new NotaryTool(server.Url, server.CaFile));

    /// <summary>Somebody who has a copy of what another has now.</summary>
    public NotaryTool CopyOf(NotaryTool client) => Keep(client.Copy());

    /// <summary>A repository's name that nobody has used.</summary>
    public static string NewName(string path = "app") => $"notary-{Guid.NewGuid():N}.example.test/{path}";

    /// <summary>Somebody who owns a new, empty repository.</summary>
    public async Task<(NotaryTool Owner, string Repository)> NewRepositoryAsync()
    {
        var (owner, repository) = (NewClient(), NewName());
        await owner.PublishAsync("init", "-p", repository);
        return (owner, repository);
    }

    /// <summary>A metadata file as the server serves it, e.g. <c>root.json</c>.</summary>
    public Task<byte[]> FileAsync(string repository, string fileName) => FileAsync(Server, repository, fileName);

    /// <summary>A metadata file as a server serves it.</summary>
    public static async Task<byte[]> FileAsync(ServerProcess server, string repository, string fileName)
    {
        using var answer = await server.Http.GetAsync(Address(server, repository, fileName));
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync()
            : throw new InvalidOperationException($"{fileName} of {repository}: status {(int)answer.StatusCode}.");
    }

    /// <summary>What is signed in the current file of a role.</summary>
    public async Task<JsonElement> SignedAsync(string repository, string role) => Signed(await FileAsync(repository, $"{role}.json"));

    /// <summary>What is signed in a file.</summary>
    public static JsonElement Signed(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        return document.RootElement.GetProperty("signed").Clone();
    }

    /// <summary>The current version of each role that has a file.</summary>
    public async Task<long> VersionAsync(string repository, string role) => (await SignedAsync(repository, role)).GetProperty("version").GetInt64();

    /// <summary>The roles that the current snapshot lists.</summary>
    public async Task<IReadOnlyList<string>> ListedRolesAsync(string repository) =>
        [.. (await SignedAsync(repository, "snapshot")).GetProperty("meta").EnumerateObject().Select(listed => listed.Name).Order(StringComparer.Ordinal)];

    /// <summary>The id of a key that the server serves, e.g. <c>snapshot.key</c>.</summary>
    public static string KeyId(byte[] key)
    {
        using var document = JsonDocument.Parse(key);
        var (type, value) = (document.RootElement.GetProperty("keytype").GetString(), document.RootElement.GetProperty("keyval").GetProperty("public").GetString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{{\"keytype\":\"{type}\",\"keyval\":{{\"private\":null,\"public\":\"{value}\"}}}}")));
    }

    /// <summary>Address of a file.</summary>
    public static Uri Address(ServerProcess server, string repository, string fileName) => new($"{server.Url}/v2/{repository}/_trust/tuf/{fileName}");

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        NotaryServers.Return(NotaryServers.SqliteOverTls);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var person in people)
            person.Dispose();
    }

    private NotaryTool Keep(NotaryTool client)
    {
        lock (people)
            people.Add(client);
        return client;
    }
}
