using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TrustService.Oci;

namespace TrustService.Testing;

/// <summary>The real <c>docker-registry</c> on a free port of this machine, with its data in a directory of its own.</summary>
public sealed class RegistryFixture : IAsyncDisposable
{
    /// <summary>User of a registry with authentication.</summary>
    public const string Username = "ci";

    /// <summary>Password of a registry with authentication.</summary>
    public const string Password = "correct horse";

    // bcrypt of the password above, which is all that htpasswd files of the registry may hold.
    private const string PasswordHash = "$2b$04$PV0IAT4JjevU7CQsicAzsOlprYraicr0leqPUGeFNNgnzKRK6azcu";

    private readonly Process _process;
    private readonly TestDirectory _directory;

    private RegistryFixture(Process process, TestDirectory directory, string host) => (_process, _directory, Host) = (process, directory, host);

    /// <summary>Host and port, as in repository names.</summary>
    public string Host { get; }

    /// <summary>Starts a registry that anyone may use, or one with <see cref="Username"/> and <see cref="Password"/>.</summary>
    public static Task<RegistryFixture> StartAsync(bool basicAuth = false) => StartAsync(directory =>
    {
        if (!basicAuth)
            return "";
        directory.Write("htpasswd", $"{Username}:{PasswordHash}\n");
        return $"auth:\n  htpasswd:\n    realm: test\n    path: {directory["htpasswd"]}\n";
    });

    /// <summary>Starts a registry that sends its users to a token service.</summary>
    public static Task<RegistryFixture> StartAsync(TokenService tokens) => StartAsync(directory =>
        $"auth:\n  token:\n    realm: {tokens.Realm}\n    service: {TokenService.Service}\n    issuer: {TokenService.Issuer}\n" +
        $"    rootcertbundle: {directory.Write("issuer.pem", tokens.CertificatePem)}\n");

    /// <summary>Pushes one image of a layout and returns its reference.</summary>
    public ImageReference Push(string layoutDirectory, string tag, string repository, string asTag, bool withCredentials = false)
    {
        var target = $"{Host}/{repository}:{asTag}";
        string[] credentials = withCredentials ? ["--dest-creds", $"{Username}:{Password}"] : [];
        Run("skopeo", ["--insecure-policy", "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", .. credentials, $"oci:{layoutDirectory}:{tag}", $"docker://{target}"]);
        return ImageReference.Parse(target);
    }

    /// <summary>Writes an image of the given files and pushes it.</summary>
    public (ImageReference Reference, Descriptor Descriptor) PushImage(IReadOnlyDictionary<string, string> files, string repository, string tag, bool withCredentials = false)
    {
        using var directory = new TestDirectory();
        var descriptor = new ImageLayoutBuilder(directory.FullPath).AddImage(tag, files);
        return (Push(directory.FullPath, tag, repository, tag, withCredentials), descriptor);
    }

    /// <summary>Ends the registry at once and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task<RegistryFixture> StartAsync(Func<TestDirectory, string> authentication)
    {
        for (var attempt = 1; ; attempt++)
        {
            var directory = new TestDirectory();
            var host = $"127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
            var config = directory.Write("config.yml",
                $"version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {directory["data"]}\n  delete:\n    enabled: true\n" +
                $"http:\n  addr: {host}\n{authentication(directory)}");
            var process = Start("docker-registry", ["serve", config]);
            // A full pipe would stop the registry.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var fixture = new RegistryFixture(process, directory, host);
            if (await fixture.IsReadyAsync())
                return fixture;
            await fixture.DisposeAsync();
            // Another process may have taken the port between choosing and using it.
            if (attempt == 3)
                throw new InvalidOperationException("docker-registry does not start.");
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var patience = Stopwatch.StartNew();
        while (!_process.HasExited && patience.Elapsed < TimeSpan.FromSeconds(20))
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://{Host}/v2/"));
                return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Go's runtime takes its proxies from here; nothing of these tests leaves the machine.
        foreach (var name in new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY" })
            start.Environment.Remove(name);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {errors}");
    }
}
