using System.Text;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>
/// The public door of verification with everything behind it: a pinned root, a cache on disk, a simulated repository and a
/// registry that serves what a test says. A tag <c>1.0</c> is signed from the start. Every call is a run of its own.
/// </summary>
internal sealed class VerifierDoor : IDisposable
{
    public const string Tag = "registry.example.com/team/app:1.0";

    private static readonly RepositoryName Name = RepositoryName.Parse("registry.example.com/team/app");

    private readonly TestDirectory directory = new();
    private readonly RootPin pin;

    public VerifierDoor()
    {
        pin = RootPin.OfFile(TufFormat.Instance, Repository.FirstRoot);
        Source = Repository;
        Sign("1.0", Image("one"));
    }

    public RepositorySimulator Repository { get; } = new(FixedTime.Start);

    /// <summary>Where metadata comes from; null is offline.</summary>
    public IMetadataSource? Source { get; set; }

    public DateTimeOffset Now { get; set; } = FixedTime.Start;

    public TrustClientOptions Options { get; set; } = new();

    /// <summary>What the registry serves; null to leave it out.</summary>
    public Dictionary<string, Manifest>? Registry { get; set; }

    /// <summary>How old the timestamp may be.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>A small image that differs by its name.</summary>
    public static Manifest Image(string name)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest.OfSha256(Encoding.UTF8.GetBytes(name))}}","size":2},"layers":[]}""");
        return ManifestReader.Read(bytes, MediaTypes.OciManifest, null);
    }

    /// <summary>Publishes a tag.</summary>
    public void Sign(string tag, Manifest image)
    {
        Repository.AddTarget(RoleName.Targets, tag, ImageTarget.Of(image.Descriptor, null));
        Repository.Publish(RoleName.Targets);
    }

    public async Task<VerificationOutcome> VerifyAsync(string reference = Tag)
    {
        using var trust = await RepositoryTrust.OpenAsync(Name, pin, [TufFormat.Instance], Source is null ? null : _ => Source, directory.FullPath, Now, CancellationToken.None);
        var request = new VerificationRequest(ImageReference.Parse(reference)) { Images = Registry is null ? null : new Images(Registry), MaxAge = MaxAge };
        return await new ImageVerifier(trust, Now, Options).VerifyAsync(request, CancellationToken.None);
    }

    /// <summary>Verifies and expects success.</summary>
    public async Task<VerificationOutcome> AcceptsAsync(string reference = Tag)
    {
        var outcome = await VerifyAsync(reference);
        Assert.True(outcome.Error is null, outcome.Error?.Message);
        Assert.NotNull(outcome.Pinned);
        return outcome;
    }

    /// <summary>Verifies, expects a refusal, and expects that no trusted file moved except those that are named.</summary>
    public async Task<VerificationOutcome> RefusesAsync(TrustError expected, string[]? mayMove = null, string reference = Tag)
    {
        var before = State();
        var outcome = await VerifyAsync(reference);
        Assert.True(outcome.Error?.Error == expected, $"{expected} was expected, but it ended with {outcome.Error?.Error.ToString() ?? "success"}: {outcome.Error?.Message}");
        Assert.Null(outcome.Pinned);
        var after = State();
        foreach (var name in before.Keys.Union(after.Keys).Where(name => mayMove?.Contains(RoleFile(name)) != true))
            Assert.True(before.GetValueOrDefault(name) == after.GetValueOrDefault(name), $"{name} moved although the image was refused.");
        return outcome;
    }

    /// <summary>The trusted files by name; the pinned root is there from the start.</summary>
    public SortedDictionary<string, string> State()
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["root.json"] = Convert.ToHexString(Repository.FirstRoot) };
        foreach (var file in Directory.GetFiles(directory.FullPath, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("/.lock", StringComparison.Ordinal)))
            state[Path.GetFileName(file).Replace($"pin+{pin.Sha256}.root", "root", StringComparison.Ordinal)] = Convert.ToHexString(File.ReadAllBytes(file));
        return state;
    }

    // What lies below root is kept by keys: their root comes before the first timestamp, and a last timestamp with its snapshot before the next one.
    private static string RoleFile(string name) =>
        !name.StartsWith("keys+", StringComparison.Ordinal) ? name : name.LastIndexOf('+') > "keys".Length ? "timestamp.json" : name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    public void Dispose() => directory.Dispose();

    private sealed class Images(Dictionary<string, Manifest> served) : IImageSource
    {
        public Task<Manifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken) => served.TryGetValue(reference.ToString(), out var manifest)
            ? Task.FromResult(manifest)
            : throw new TrustException(TrustError.ImageUnknown, $"{reference} is not there.");

        public Task<Manifest> FetchAsync(RepositoryName repository, Digest digest, CancellationToken cancellationToken) =>
            ResolveAsync(ImageReference.OfDigest(repository, digest), cancellationToken);
    }
}
