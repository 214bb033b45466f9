using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

/// <summary>The client against the real docker-registry, with images pushed by skopeo.</summary>
public sealed class RealRegistryTests
{
    private static readonly Dictionary<string, string> Files = new() { ["hello.txt"] = "hello" };

    [Fact]
    public async Task ResolveAsync_PushedImage_IsFoundByTagAndByDigest()
    {
        await using var registry = await RegistryFixture.StartAsync();
        var (reference, pushed) = registry.PushImage(Files, "team/app", "1.4.2");
        using var client = Client();

        Assert.Equal(pushed, (await client.ResolveAsync(reference, CancellationToken.None)).Descriptor);
        Assert.Equal(pushed, (await client.FetchAsync(reference.Repository, pushed.Digest, CancellationToken.None)).Descriptor);
        Assert.Equal(pushed, (await client.ResolveAsync(reference.Pinned(pushed.Digest), CancellationToken.None)).Descriptor);
    }

    [Fact]
    public async Task ResolveAsync_MovedTag_GivesTheNewDigest()
    {
        await using var registry = await RegistryFixture.StartAsync();
        var (reference, first) = registry.PushImage(Files, "team/app", "1.0");
        var (_, second) = registry.PushImage(new Dictionary<string, string> { ["hello.txt"] = "moved" }, "team/app", "1.0");
        using var client = Client();

        Assert.NotEqual(first, second);
        Assert.Equal(second, (await client.ResolveAsync(reference, CancellationToken.None)).Descriptor);
    }

    [Fact]
    public async Task FetchChildrenAsync_PushedIndex_GivesEveryPlatform()
    {
        await using var registry = await RegistryFixture.StartAsync();
        using var directory = new TestDirectory();
        var index = new ImageLayoutBuilder(directory.FullPath).AddIndex("all", Files, "linux/amd64", "linux/arm64");
        var reference = registry.Push(directory.FullPath, "all", "team/multi", "1.0");
        using var client = Client();

        var root = await client.ResolveAsync(reference, CancellationToken.None);
        var children = await ManifestTree.FetchChildrenAsync(client, reference.Repository, root, CancellationToken.None);

        Assert.Equal(index, root.Descriptor);
        Assert.Equal(["linux/amd64", "linux/arm64"], root.Children.Select(child => child.Platform));
        Assert.Equal(root.Children.Select(child => child.Descriptor), children.Select(child => child.Descriptor));
    }

    [Fact]
    public async Task ResolveAsync_NothingThere_IsUnknown()
    {
        await using var registry = await RegistryFixture.StartAsync();
        using var client = Client();
        await Refusal.OfAsync(TrustError.ImageUnknown, () => client.ResolveAsync(ImageReference.Parse($"{registry.Host}/team/app:1.0"), CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_RegistryGone_IsUnreachable()
    {
        var registry = await RegistryFixture.StartAsync();
        var (reference, _) = registry.PushImage(Files, "team/app", "1.0");
        await registry.DisposeAsync();
        using var client = Client();
        await Refusal.OfAsync(TrustError.RegistryUnreachable, () => client.ResolveAsync(reference, CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_BasicAuthentication_NeedsTheRightPassword()
    {
        await using var registry = await RegistryFixture.StartAsync(basicAuth: true);
        var (reference, pushed) = registry.PushImage(Files, "team/app", "1.0", withCredentials: true);

        using (var client = Client(Given(registry, RegistryFixture.Password)))
            Assert.Equal(pushed, (await client.ResolveAsync(reference, CancellationToken.None)).Descriptor);
        using (var client = Client(Given(registry, "wrong")))
            await Refusal.OfAsync(TrustError.RegistryDenied, () => client.ResolveAsync(reference, CancellationToken.None));
        using (var client = Client())
            await Refusal.OfAsync(TrustError.RegistryDenied, () => client.ResolveAsync(reference, CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_BearerTokens_AreAskedForOnceAndForReadingOnly()
    {
        await using var tokens = await TokenService.StartAsync();
        await using var registry = await RegistryFixture.StartAsync(tokens);
        var (reference, pushed) = registry.PushImage(Files, "team/app", "1.0", withCredentials: true);
        tokens.Scopes.Clear();

        using (var client = Client(Given(registry, RegistryFixture.Password)))
        {
            Assert.Equal(pushed, (await client.ResolveAsync(reference, CancellationToken.None)).Descriptor);
            Assert.Equal(pushed, (await client.FetchAsync(reference.Repository, pushed.Digest, CancellationToken.None)).Descriptor);
        }
        Assert.Equal(["repository:team/app:pull"], tokens.Scopes);
        using (var client = Client(Given(registry, "wrong")))
            await Refusal.OfAsync(TrustError.RegistryDenied, () => client.ResolveAsync(reference, CancellationToken.None));
    }

    [Fact]
    public async Task ResolveAsync_IdentityToken_IsExchangedForAToken()
    {
        await using var tokens = await TokenService.StartAsync();
        await using var registry = await RegistryFixture.StartAsync(tokens);
        var (reference, pushed) = registry.PushImage(Files, "team/app", "1.0", withCredentials: true);
        using var client = Client(new GivenCredentials(registry.Host, RegistryCredential.OfIdentityToken(TokenService.RefreshToken), null));

        Assert.Equal(pushed, (await client.ResolveAsync(reference, CancellationToken.None)).Descriptor);
    }

    private static GivenCredentials Given(RegistryFixture registry, string password) =>
        new(registry.Host, RegistryCredential.OfPassword(RegistryFixture.Username, password), null);

    private static RegistryClient Client(IRegistryCredentials? credentials = null) => new(new RegistryOptions { Credentials = credentials }, TimeProvider.System);
}
