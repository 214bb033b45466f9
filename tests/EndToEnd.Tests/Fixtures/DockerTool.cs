using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>The real <c>docker</c> client as one person uses it, with content trust on: a configuration directory with keys and caches, and one process for each command.</summary>
public sealed partial class DockerTool : IDisposable
{
    private const string RootPassphrase = "root-passphrase";
    private const string RepositoryPassphrase = "repository-passphrase";

    private readonly TestDirectory directory = new();
    private readonly Dictionary<string, string?> environment;

    /// <summary>Makes a person with an empty configuration but for the login at a registry.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="trustServer">Address of the trust server.</param>
    /// <param name="registryHost">The registry that the person is logged in at, as <see cref="RegistryFixture.Username"/>.</param>
    public DockerTool(DockerEngine? engine, string trustServer, string registryHost)
    {
        environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HOME"] = directory.FullPath,
            ["DOCKER_CONFIG"] = directory["docker"],
            ["DOCKER_HOST"] = engine?.Address,
            ["DOCKER_CONTEXT"] = null,
            ["DOCKER_BUILDKIT"] = "0",
            ["DOCKER_CONTENT_TRUST"] = "1",
            ["DOCKER_CONTENT_TRUST_SERVER"] = trustServer,
            ["DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE"] = RootPassphrase,
            ["DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"] = RepositoryPassphrase,
            ["NOTARY_ROOT_PASSPHRASE"] = RootPassphrase,
            ["NOTARY_TARGETS_PASSPHRASE"] = RepositoryPassphrase,
            ["NOTARY_DELEGATION_PASSPHRASE"] = RepositoryPassphrase,
            ["NOTARY_AUTH"] = null,
        };
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryFixture.Username}:{RegistryFixture.Password}"));
        directory.Write("docker/config.json", $"{{\"auths\":{{\"{registryHost}\":{{\"auth\":\"{login}\"}}}}}}");
    }

    /// <summary>The directory of content trust, which <c>notary -d</c> takes too.</summary>
    public string TrustDirectory => directory["docker/trust"];

    /// <summary>Trusts an authority for the trust server at an address, as docker finds it.</summary>
    public void TrustAuthority(string trustServer, string caFile) => directory.Write($"docker/tls/{new Uri(trustServer).Authority}/ca.crt", File.ReadAllText(caFile));

    /// <summary>Sets a variable for every further command; null takes it away.</summary>
    public void Set(string variable, string? value) => environment[variable] = value;

    /// <summary>Runs a command to its end.</summary>
    public Task<ProgramRun> RunAsync(params string[] arguments) => ProgramRun.OfAsync("docker", arguments, environment, directory.FullPath);

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<ProgramRun> DoAsync(params string[] arguments) => (await RunAsync(arguments)).Succeeds();

    /// <summary>Runs a command that asks for a confirmation, and confirms it; it must succeed.</summary>
    public async Task<ProgramRun> ConfirmAsync(params string[] arguments) => (await ProgramRun.OfAsync("docker", arguments, environment, directory.FullPath, "y\n")).Succeeds();

    /// <summary>Runs a command without content trust; it must succeed.</summary>
    public async Task<ProgramRun> DoUnsignedAsync(params string[] arguments) =>
        (await ProgramRun.OfAsync("docker", arguments, new Dictionary<string, string?>(environment) { ["DOCKER_CONTENT_TRUST"] = "0" }, directory.FullPath)).Succeeds();

    /// <summary>Runs <c>notary</c> on the same keys and caches, confirming what it asks; it must succeed.</summary>
    public async Task<ProgramRun> DoNotaryAsync(string trustServer, string? caFile, params string[] arguments) =>
        (await ProgramRun.OfAsync("notary", ["-s", trustServer, .. caFile is null ? [] : (string[])["--tlscacert", caFile], "-d", TrustDirectory, .. arguments], environment, directory.FullPath, "yes\n")).Succeeds();

    /// <summary>Makes an image of its own in the engine, without any network, and returns its id.</summary>
    public async Task<string> NewImageAsync(string reference)
    {
        var archive = directory[$"{Guid.NewGuid():N}.tar"];
        using (var writer = new TarWriter(File.Create(archive)))
        {
            using var content = new MemoryStream(RandomNumberGenerator.GetBytes(100));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "content") { DataStream = content });
        }
        return (await DoUnsignedAsync("import", archive, reference)).Output.Trim();
    }

    /// <summary>Pushes a tag of the engine, and signs it.</summary>
    public async Task<Descriptor> PushAsync(string reference) => Pushed(await DoAsync("push", reference));

    /// <summary>Pushes a tag of the engine without signing it.</summary>
    public async Task<Descriptor> PushUnsignedAsync(string reference) => Pushed(await DoUnsignedAsync("push", reference));

    /// <summary>The id of the image that a tag of the engine names, or null if there is none.</summary>
    public async Task<string?> ImageIdAsync(string reference)
    {
        var run = await RunAsync("image", "inspect", "--format", "{{.Id}}", reference);
        return run.ExitCode == 0 ? run.Output.Trim() : null;
    }

    /// <summary>What <c>docker trust inspect</c> prints for a repository.</summary>
    public async Task<JsonElement> InspectTrustAsync(string repository)
    {
        using var document = JsonDocument.Parse((await DoAsync("trust", "inspect", repository)).Output);
        return Assert.Single(document.RootElement.EnumerateArray()).Clone();
    }

    /// <summary>The signed tags that <c>docker trust inspect</c> prints: digest and signers of each.</summary>
    public async Task<IReadOnlyDictionary<string, (string Digest, string Signers)>> SignedTagsAsync(string repository) =>
        (await InspectTrustAsync(repository)).GetProperty("SignedTags").EnumerateArray().ToDictionary(
            tag => tag.GetProperty("SignedTag").GetString()!,
            tag => ($"sha256:{tag.GetProperty("Digest").GetString()}", string.Join(',', tag.GetProperty("Signers").EnumerateArray().Select(signer => signer.GetString()).Order(StringComparer.Ordinal))));

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();

    private static Descriptor Pushed(ProgramRun push)
    {
        var line = PushedLine().Match(push.Output);
        Assert.True(line.Success, $"No digest in {push}");
        return new Descriptor(MediaTypes.DockerManifest, Digest.Parse(line.Groups["digest"].Value), long.Parse(line.Groups["size"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"digest: (?<digest>sha256:[0-9a-f]{64}) size: (?<size>[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex PushedLine();
}
