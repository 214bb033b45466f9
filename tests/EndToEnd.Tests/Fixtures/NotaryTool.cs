using System.Globalization;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>The real <c>notary</c> client as one person uses it: a trust directory with keys and caches, and one process for each command.</summary>
public sealed class NotaryTool : IDisposable
{
    /// <summary>Passphrase of root keys.</summary>
    public const string RootPassphrase = "root-passphrase";

    private readonly TestDirectory directory = new();
    private readonly Dictionary<string, string?> environment;
    private readonly string url;
    private readonly string? caFile;

    /// <summary>Makes a person with an empty trust directory.</summary>
    /// <param name="url">Address of the server.</param>
    /// <param name="caFile">The authority of its certificate; null for plain HTTP.</param>
    public NotaryTool(string url, string? caFile)
    {
        (this.url, this.caFile) = (url, caFile);
        environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HOME"] = directory.FullPath,
            ["NOTARY_ROOT_PASSPHRASE"] = RootPassphrase,
            ["NOTARY_TARGETS_PASSPHRASE"] = "targets-passphrase",
            ["NOTARY_SNAPSHOT_PASSPHRASE"] = "snapshot-passphrase",
            ["NOTARY_DELEGATION_PASSPHRASE"] = "delegation-passphrase",
            ["NOTARY_AUTH"] = null,
        };
    }

    /// <summary>The trust directory: <c>private</c> has keys, <c>tuf</c> what was fetched.</summary>
    public string TrustDirectory => directory["trust"];

    /// <summary>The address that it talks to.</summary>
    public string Url => url;

    /// <summary>Another person's machine with a copy of everything that this one has now.</summary>
    public NotaryTool Copy()
    {
        var copy = new NotaryTool(url, caFile);
        foreach (var file in Directory.GetFiles(TrustDirectory, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.TrustDirectory, Path.GetRelativePath(TrustDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    /// <summary>The same person, who is told another address.</summary>
    public Task<ProgramRun> RunAtAsync(string otherUrl, params string[] arguments) => StartAsync(["-s", otherUrl, "-d", TrustDirectory, .. arguments], "");

    /// <summary>Runs a command to its end.</summary>
    public Task<ProgramRun> RunAsync(params string[] arguments) => StartAsync([.. Common, .. arguments], "");

    /// <summary>Runs a command that asks for a confirmation, and confirms it.</summary>
    public Task<ProgramRun> ConfirmAsync(params string[] arguments) => StartAsync([.. Common, .. arguments], "yes\n");

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<ProgramRun> DoAsync(params string[] arguments) => (await RunAsync(arguments)).Succeeds();

    /// <summary>Runs a command that publishes.</summary>
    public async Task PublishAsync(params string[] arguments) => (await DoAsync(arguments)).Says("Successfully published changes");

    /// <summary>Runs a command with a configuration file beside the options.</summary>
    public Task<ProgramRun> RunWithAsync(string trustPinning, params string[] arguments) =>
        StartAsync([.. Common, "-c", Write("config.json", $"{{\"trust_pinning\":{trustPinning}}}"), .. arguments], "");

    /// <summary>What <c>notary list</c> shows: names with hash, size and role.</summary>
    public async Task<IReadOnlyDictionary<string, ListedTarget>> ListAsync(string repository, params string[] options) => ReadList(await DoAsync(["list", repository, .. options]));

    /// <summary>Reads what <c>notary list</c> printed.</summary>
    public static IReadOnlyDictionary<string, ListedTarget> ReadList(ProgramRun list) =>
        list.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(cells => cells.Length == 4 && cells[1].Length == 64)
            .ToDictionary(cells => cells[0], cells => new ListedTarget(cells[1], long.Parse(cells[2], CultureInfo.InvariantCulture), cells[3]), StringComparer.Ordinal);

    /// <summary>Runs a command as somebody who is logged in: <c>NOTARY_AUTH</c>.</summary>
    public Task<ProgramRun> RunWithLoginAsync(string login, params string[] arguments)
    {
        environment["NOTARY_AUTH"] = login;
        return RunAsync(arguments);
    }

    /// <summary>A file of the cache.</summary>
    public byte[] Cached(string repository, string role) => File.ReadAllBytes(CachePath(repository, role));

    /// <summary>Path of a file of the cache.</summary>
    public string CachePath(string repository, string role) => Path.Combine(TrustDirectory, "tuf", repository, "metadata", $"{role}.json");

    /// <summary>The keys of the trust directory as <c>notary key list</c> shows them: role and id.</summary>
    public async Task<IReadOnlyList<(string Role, string KeyId)>> KeysAsync()
    {
        var list = await DoAsync("key", "list");
        return
        [
            .. list.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(cells => cells.Length >= 3 && cells[^2].Length == 64)
                .Select(cells => (cells[0], cells[^2])),
        ];
    }

    /// <summary>Writes a file of this person and returns its path.</summary>
    public string Write(string name, string content) => directory.Write(name, content);

    /// <summary>Makes a file of this person with bytes that no other has, and returns its path.</summary>
    public string NewContent(string name, int length)
    {
        File.WriteAllBytes(directory[name], System.Security.Cryptography.RandomNumberGenerator.GetBytes(length));
        return directory[name];
    }

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();

    private IEnumerable<string> Common => ["-s", url, .. caFile is null ? [] : (string[])["--tlscacert", caFile], "-d", TrustDirectory];

    private Task<ProgramRun> StartAsync(IReadOnlyList<string> arguments, string input) => ProgramRun.OfAsync("notary", arguments, environment, directory.FullPath, input);
}
