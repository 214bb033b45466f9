using System.Globalization;
using System.Net;
using TrustService.Oci;
using TrustService.Testing.Processes;

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

    private readonly ServiceProcess _process;
    private readonly TestDirectory _directory;

    private RegistryFixture(ServiceProcess process, TestDirectory directory, string host) => (_process, _directory, Host) = (process, directory, host);

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
        Command.Run("skopeo", ["--insecure-policy", "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", .. credentials, $"oci:{layoutDirectory}:{tag}", $"docker://{target}"]);
        return ImageReference.Parse(target);
    }

    /// <summary>Writes an image of the given files and pushes it.</summary>
    public (ImageReference Reference, Descriptor Descriptor) PushImage(IReadOnlyDictionary<string, string> files, string repository, string tag, bool withCredentials = false)
    {
        using var directory = new TestDirectory();
        var descriptor = new ImageLayoutBuilder(directory.FullPath).AddImage(tag, files);
        return (Push(directory.FullPath, tag, repository, tag, withCredentials), descriptor);
    }

    /// <summary>Ends the registry and removes its data.</summary>
    public ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<RegistryFixture> StartAsync(Func<TestDirectory, string> authentication)
    {
        for (var attempt = 1; ; attempt++)
        {
            var directory = new TestDirectory();
            var host = $"127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}";
            var config = directory.Write("config.yml",
                $"version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {directory["data"]}\n  delete:\n    enabled: true\n" +
                $"http:\n  addr: {host}\n{authentication(directory)}");
            var fixture = new RegistryFixture(ServiceProcess.Start("docker-registry", ["serve", config]), directory, host);
            try
            {
                using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
                await fixture._process.WaitUntilAsync(() => AnswersAsync(client, host), TimeSpan.FromSeconds(20));
                return fixture;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Another process may have taken the port between choosing and using it.
                await fixture.DisposeAsync();
            }
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, string host)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://{host}/v2/"));
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
