using TrustService.EndToEnd.Tests.Fixtures;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Peers;

/// <summary>A repository that a test shapes with the real <c>signer</c>, and what has to be found in it.</summary>
internal sealed class ShapedRepository : IDisposable
{
    private readonly Dictionary<string, byte[]?> expected = new(StringComparer.Ordinal);
    private readonly ServerProcess server;
    private readonly ImageLayoutBuilder layout;
    private readonly SignerTool owner;
    private readonly SignerTool verifier;

    /// <summary>Starts with a name that nobody has used.</summary>
    public ShapedRepository(ServerProcess server)
    {
        this.server = server;
        owner = new SignerTool(server);
        // Encrypted keys look the same from outside, and every command would spend half its time on the passphrase.
        foreach (var role in (string[])["ROOT", "TARGETS", "DELEGATION"])
            owner.Environment[$"SIGNER_{role}_PASSPHRASE"] = "";
        verifier = new SignerTool(server);
        layout = new ImageLayoutBuilder(owner["layout"]);
        Name = $"shape-{Guid.NewGuid():N}.example.test/app";
    }

    /// <summary>The repository.</summary>
    public string Name { get; }

    /// <summary>The trust server.</summary>
    public string ServerUrl => server.Url;

    /// <summary>Each target path that somebody may look for, with the manifest that is signed; null where none must be found.</summary>
    public IReadOnlyDictionary<string, byte[]?> Expected => expected;

    /// <summary>Root 1, as everybody pins it.</summary>
    public string RootFile => verifier["1.root.json"];

    /// <summary>Runs a command of the owner, who agrees to everything.</summary>
    public Task DoAsync(params string[] command) => owner.DoAsync([.. command, "-y"]);

    /// <summary>Has the owner propose, sign and publish the next root.</summary>
    public async Task ProposeAsync(params string[] changes)
    {
        var proposal = owner["root.proposal"];
        await owner.DoAsync(["root", "propose", Name, .. changes, "--out", proposal]);
        await DoAsync("root", "sign", proposal);
        await DoAsync("root", "publish", proposal);
    }

    /// <summary>Makes a key of the owner.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> NewKeyAsync(string label, string type) => (await owner.DoAsync("key", "generate", label, "--type", type)).Line;

    /// <summary>Signs a new image under a tag, which has to be found from then on.</summary>
    public Task SignAsync(string tag, params string[] options) => SignAsAsync(Name, tag, options);

    /// <summary>The same in another repository, from which this one is made.</summary>
    public async Task SignAsAsync(string repository, string tag, params string[] options)
    {
        var image = layout.AddImage(tag, new Dictionary<string, string> { ["app"] = tag });
        await DoAsync(["sign", $"oci:{layout.DirectoryPath}:{tag}", "--as", $"{repository}:{tag}", .. options]);
        Expect(tag, image);
    }

    /// <summary>Signs an index of so many platforms under a tag, and each of its images by its digest.</summary>
    public async Task SignIndexAsync(string tag, int platforms)
    {
        var index = layout.AddIndex(tag, new Dictionary<string, string> { ["app"] = tag }, [.. Enumerable.Range(1, platforms).Select(i => $"linux/cpu{i}")]);
        await DoAsync("sign", "--recursive", $"oci:{layout.DirectoryPath}:{tag}", "--as", $"{Name}:{tag}");
        Expect(tag, index);
        foreach (var image in ManifestReader.Read(Expected[tag], MediaTypes.OciIndex, index.Digest).Children)
            Expect(TargetNames.ForDigest(image.Descriptor.Digest), image.Descriptor);
    }

    /// <summary>From now on nothing must be found there.</summary>
    public void ExpectNothing(string targetPath) => expected[targetPath] = null;

    /// <summary>Waits until the current targets expire, and insists that verifiers refuse them.</summary>
    public async Task ExpireAsync(string targetsFile)
    {
        var targets = Signed.Read<Targets>(await server.ReadAsync(Name, targetsFile));
        var left = targets.Expires - TimeProvider.System.GetUtcNow();
        if (left > TimeSpan.Zero)
            await Task.Delay(left);
        await SaveRootAsync();
        (await VerifyAsync(expected.First(target => target.Value is not null).Key)).Refuses(12, "expired");
    }

    /// <summary>Insists that <c>signer verify</c>, from root 1 on, finds what there is and nothing else.</summary>
    public async Task RequireFoundBySignerAsync()
    {
        await SaveRootAsync();
        var found = expected.Where(target => target.Value is not null).ToList();
        var verified = (await VerifyAsync([.. found.Select(target => target.Key)])).Exits(0);
        Assert.Equal(found.Select(target => $"{Name}@{Digest.OfSha256(target.Value)}"), verified.Output.TrimEnd('\n').Split('\n'));
        foreach (var missing in expected.Where(target => target.Value is null))
            (await VerifyAsync(missing.Key)).Exits(10);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        owner.Dispose();
        verifier.Dispose();
    }

    private void Expect(string targetPath, Descriptor image) => expected[targetPath] = File.ReadAllBytes(layout.BlobPath(image.Digest));

    private async Task SaveRootAsync() => await File.WriteAllBytesAsync(RootFile, await server.ReadAsync(Name, "1.root.json"));

    private Task<SignerResult> VerifyAsync(params string[] targetPaths) => verifier.RunAsync(["verify", "-q", "--no-registry", "--root", RootFile, .. targetPaths.Select(Reference)]);

    private string Reference(string targetPath) => TargetNames.DigestOf(targetPath) is { } digest ? $"{Name}@{digest}" : $"{Name}:{targetPath}";
}
