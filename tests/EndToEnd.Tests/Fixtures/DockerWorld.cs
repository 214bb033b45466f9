using System.Globalization;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>An engine, a registry and a trust server. Each test has repositories and people of its own.</summary>
public sealed class DockerWorld : IAsyncLifetime, IDisposable
{
    private readonly List<DockerTool> people = [];
    private int repositories;

    /// <summary>The engine.</summary>
    public DockerEngine Engine { get; private set; } = null!;

    /// <summary>The trust server.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>The registry; it lets in nobody without a login.</summary>
    public RegistryFixture Registry { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Server = await NotaryServers.RentAsync(NotaryServers.SqliteOverTls);
        Engine = await DockerEngine.StartAsync();
        Registry = await RegistryFixture.StartAsync(basicAuth: true);
    }

    /// <summary>Somebody without keys and caches.</summary>
    public DockerTool NewPerson() => NewPerson(Server);

    /// <summary>Somebody without keys and caches, who uses another trust server.</summary>
    public DockerTool NewPerson(ServerProcess server)
    {
        var person = new DockerTool(Engine, server.Url, Registry.Host);
        people.Add(person);
        return person;
    }

    /// <summary>A name in the registry that nobody has used.</summary>
    public string NewName() => $"{Registry.Host}/team/app{Interlocked.Increment(ref repositories).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Somebody who made and pushed an image, signed with keys made for it.</summary>
    public async Task<(DockerTool Owner, string Repository, string ImageId)> NewSignedImageAsync(string tag)
    {
        var (owner, repository) = (NewPerson(), NewName());
        var imageId = await owner.NewImageAsync($"{repository}:{tag}");
        await owner.PushAsync($"{repository}:{tag}");
        return (owner, repository, imageId);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        NotaryServers.Return(NotaryServers.SqliteOverTls);
        if (Registry is not null)
            await Registry.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var person in people)
            person.Dispose();
        Engine?.Dispose();
    }
}
