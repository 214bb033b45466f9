using System.Diagnostics;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>The real <c>signer</c> as one person uses it: a home directory, an environment, one process for each command.</summary>
public sealed class SignerTool : IDisposable
{
    /// <summary>Passphrase of root keys.</summary>
    public const string RootPassphrase = "the root passphrase of these tests";

    /// <summary>Passphrase of targets keys.</summary>
    public const string TargetsPassphrase = "the targets passphrase of these tests";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TestDirectory directory = new();

    /// <summary>Makes a person with an empty home, who uses a trust server.</summary>
    public SignerTool(ServerProcess server)
        : this(server.Url) => Environment["SIGNER_SERVER_CA"] = server.CaFile;

    /// <summary>Makes a person with an empty home, who uses a trust server at any address.</summary>
    public SignerTool(string serverUrl)
    {
        Environment["SIGNER_SERVER"] = serverUrl;
        Environment["SIGNER_HOME"] = Home;
        Environment["SIGNER_ROOT_PASSPHRASE"] = RootPassphrase;
        Environment["SIGNER_TARGETS_PASSPHRASE"] = TargetsPassphrase;
        Environment["HOME"] = directory.FullPath;
        Environment["DOCKER_CONFIG"] = directory["docker"];
    }

    /// <summary>Variables of every command, besides what a bare login shell has.</summary>
    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>The home directory.</summary>
    public string Home => directory["home"];

    /// <summary>Path of a file of this person.</summary>
    public string this[string name] => directory[name];

    /// <summary>Runs a command to its end.</summary>
    public Task<SignerResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>Runs a command on a disk that has no room for files beyond so many bytes.</summary>
    /// <param name="maxBlocks">Blocks of 512 bytes that a file may have.</param>
    /// <param name="arguments">The command line.</param>
    public Task<SignerResult> RunOnFullDiskAsync(int maxBlocks, params string[] arguments) =>
        // The signal at the limit is ignored, so that a write fails as one to a full disk does. The runtime itself must not need large files for this.
        RunAsync(["sh", "-c", $"trap '' XFSZ; ulimit -f {maxBlocks}; DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0 exec \"$@\"", "sh"], arguments);

    /// <summary>Runs a command whose standard streams a shell redirects: <c>2>&amp;-</c>.</summary>
    public Task<SignerResult> RunRedirectedAsync(string redirections, params string[] arguments) => RunAsync(["sh", "-c", $"exec \"$@\" {redirections}", "sh"], arguments);

    /// <summary>Runs a command in a network namespace of its own, which has no way out; where this user may not make one, without anything that could be reached.</summary>
    public Task<SignerResult> RunWithoutNetworkAsync(params string[] arguments) =>
        RunAsync(NetworkDenial.IsPossible ? NetworkDenial.Command : [], arguments);

    private async Task<SignerResult> RunAsync(IReadOnlyList<string> within, string[] arguments)
    {
        string[] command = [.. within, .. Checkout.Signer, .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory.FullPath,
        };
        foreach (var foreign in start.Environment.Keys.Where(IsForeign).ToList())
            start.Environment.Remove(foreign);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("signer did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"signer {string.Join(' ', arguments)} did not end within {Patience}.");
        }
        return new SignerResult(string.Join(' ', arguments), process.ExitCode, await output, await messages);
    }

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<SignerResult> DoAsync(params string[] arguments) => (await RunAsync(arguments)).Exits(0);

    /// <summary>Writes the newest root of a repository to a file, as its owner does for those who verify.</summary>
    public async Task<string> ExportRootAsync(string repository)
    {
        var root = await DoAsync("root", "export", repository);
        Directory.CreateDirectory(directory["out"]);
        var path = Path.Combine(directory["out"], $"{Guid.NewGuid():N}.root.json");
        await File.WriteAllTextAsync(path, root.Output);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => directory.Dispose();

    // What the machine that runs the tests has set must not decide how they end.
    private static bool IsForeign(string variable) =>
        variable.StartsWith("SIGNER_", StringComparison.Ordinal) || variable.StartsWith("DOCKER_", StringComparison.Ordinal) || variable.StartsWith("NOTARY_", StringComparison.Ordinal)
        || variable.StartsWith("XDG_", StringComparison.Ordinal) || variable is "REGISTRY_AUTH_FILE" or "CI" or "NO_COLOR";
}
