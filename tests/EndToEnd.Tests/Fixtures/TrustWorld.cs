using System.Globalization;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Everything that signing a real image takes: a trust server, a registry, and an owner with keys. Each test makes a repository of its own.</summary>
public sealed class TrustWorld : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory directory = new();
    private int repositories;
    private int images;

    /// <summary>The trust server.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>The registry.</summary>
    public RegistryFixture Registry { get; private set; } = null!;

    /// <summary>The owner of all repositories.</summary>
    public SignerTool Owner { get; private set; } = null!;

    /// <summary>The standby online key, in the wrong hands.</summary>
    public StolenOnlineKey StolenKey { get; } = new();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var standby = directory.Write("standby.pub", StolenKey.PublicKeyPem);
        Server = await ServerProcess.StartAsync(settings: new Dictionary<string, string?> { ["TRUST_Signing__StandbyPublicKeyFiles__0"] = standby });
        Registry = await RegistryFixture.StartAsync();
        Owner = new SignerTool(Server);
    }

    /// <summary>Starts a repository: <c>signer init</c>.</summary>
    public async Task<string> NewRepositoryAsync()
    {
        var name = NewName();
        await Owner.DoAsync("init", name, "-y");
        return name;
    }

    /// <summary>A name in the registry that nobody has used.</summary>
    public string NewName() => $"{Registry.Host}/team/app{Interlocked.Increment(ref repositories).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Pushes a new image with skopeo; its content is unlike that of every other one.</summary>
    public Descriptor Push(string repository, string tag)
    {
        var content = Interlocked.Increment(ref images).ToString(CultureInfo.InvariantCulture);
        return Registry.PushImage(new Dictionary<string, string> { ["hello.txt"] = $"hello {content}" }, PathOf(repository), tag).Descriptor;
    }

    /// <summary>Pushes a new index of two platforms with skopeo.</summary>
    public Descriptor PushIndex(string repository, string tag)
    {
        using var layout = new TestDirectory();
        var content = Interlocked.Increment(ref images).ToString(CultureInfo.InvariantCulture);
        var index = new ImageLayoutBuilder(layout.FullPath).AddIndex(tag, new Dictionary<string, string> { ["hello.txt"] = $"hello {content}" }, "linux/amd64", "linux/arm64");
        Registry.Push(layout.FullPath, tag, PathOf(repository), tag);
        return index;
    }

    /// <summary>Pushes an image and signs it under its tag.</summary>
    public async Task<Descriptor> PushAndSignAsync(string repository, string tag)
    {
        var image = Push(repository, tag);
        await Owner.DoAsync("sign", "-y", $"{repository}:{tag}@{image.Digest}");
        return image;
    }

    /// <summary>Somebody who has only what the owner gave him: a root file.</summary>
    public SignerTool NewVerifier(string? serverUrl = null) => serverUrl is null ? new SignerTool(Server) : new SignerTool(serverUrl);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Registry is not null)
            await Registry.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Owner?.Dispose();
        Server?.Dispose();
        StolenKey.Dispose();
        directory.Dispose();
    }

    private string PathOf(string repository) => repository[(Registry.Host.Length + 1)..];
}
