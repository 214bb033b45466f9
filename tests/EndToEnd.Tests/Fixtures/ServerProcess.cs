using System.Net.Sockets;
using System.Text.RegularExpressions;
using TrustService.Client;
using TrustService.Http;
using TrustService.Testing;
using TrustService.Testing.Processes;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>
/// The real server as a process of its own, started as a user starts it:
/// <c>TrustServer --data DIR --urls https://127.0.0.1:0 --dev-tls</c>. It can be stopped, killed and started again on its data.
/// </summary>
public sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly TestDirectory? ownDirectory;
    private readonly string dataDirectory;
    private readonly string[] arguments;
    private readonly bool plainHttp;
    private readonly Dictionary<string, string?> environment;
    private ServiceProcess? process;
    private HttpClient? http;

    private ServerProcess(TestDirectory? ownDirectory, string dataDirectory, string? database, IReadOnlyDictionary<string, string?> settings, bool plainHttp)
    {
        this.plainHttp = plainHttp;
        this.ownDirectory = ownDirectory;
        this.dataDirectory = dataDirectory;
        string[] address = plainHttp ? ["--urls", "http://127.0.0.1:0"] : ["--urls", "https://127.0.0.1:0", "--dev-tls"];
        arguments = database is null ? address : [.. address, "--database", database];
        environment = new Dictionary<string, string?>(settings);
        // These servers live for seconds: code is not worth compiling a second time.
        environment["DOTNET_TieredPGO"] = environment["DOTNET_TC_CallCounting"] = "0";
    }

    /// <summary>The address that it listens on.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The authority of its certificate; null without TLS.</summary>
    public string? CaFile => plainHttp ? null : Path.Combine(dataDirectory, "tls", "ca.crt");

    /// <summary>Its data directory.</summary>
    public string DataDirectory => dataDirectory;

    /// <summary>What it wrote since it was last started.</summary>
    public string Output => process!.Output;

    /// <summary>A client that trusts its authority; it survives restarts.</summary>
    public HttpClient Http => http ??= HttpClients.Create(ClientOptions);

    /// <summary>A client for publishing and reading, as the signer uses it, for the address at this moment.</summary>
    public TrustServerClient Client => new(new HttpExchange(Http, HttpPeer.TrustServer, ClientOptions), Url);

    private HttpClientOptions ClientOptions => new() { ExtraCaFiles = CaFile is null ? [] : [CaFile], TotalTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>Starts a server on a directory of its own.</summary>
    /// <param name="database">A PostgreSQL connection string, or null for SQLite in the directory.</param>
    /// <param name="settings">Settings as environment variables.</param>
    /// <param name="dataDirectory">The data directory; null makes one that is removed at the end.</param>
    /// <param name="plainHttp">True to listen without TLS.</param>
    public static async Task<ServerProcess> StartAsync(string? database = null, IReadOnlyDictionary<string, string?>? settings = null, string? dataDirectory = null, bool plainHttp = false)
    {
        var own = dataDirectory is null ? new TestDirectory() : null;
        var server = new ServerProcess(own, dataDirectory ?? own!["data"], database, settings ?? new Dictionary<string, string?>(), plainHttp);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Changes a setting for the next start.</summary>
    public void Set(string variable, string? value) => environment[variable] = value;

    /// <summary>Starts the server again on the same data; it listens on another port.</summary>
    public async Task StartAgainAsync()
    {
        process?.Dispose();
        process = ServiceProcess.Start("dotnet", [Checkout.TrustServer, "--data", dataDirectory, .. arguments], environment);
        Url = ReadyLine().Match(await process.WaitForLineAsync("Ready on ", StartPatience)).Groups["url"].Value;
    }

    /// <summary>Ends the server as <c>kill -9</c> does.</summary>
    public void Kill() => process!.Kill();

    /// <summary>Asks the server to end (SIGTERM) and returns its exit code.</summary>
    public int Stop() => process!.Stop(TimeSpan.FromSeconds(20));

    /// <summary>Reads a file of a repository.</summary>
    public async Task<byte[]> ReadAsync(string repository, string fileName)
    {
        using var answer = await Http.GetAsync(new Uri($"{Url}/tuf/{repository}/metadata/{fileName}"));
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync()
            : throw new InvalidOperationException($"{fileName} of {repository}: status {(int)answer.StatusCode}.");
    }

    /// <summary>True if nothing listens on its address any more.</summary>
    public bool IsGone()
    {
        using var socket = new TcpClient();
        try
        {
            socket.Connect("127.0.0.1", new Uri(Url).Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process?.Dispose();
        http?.Dispose();
        ownDirectory?.Dispose();
    }

    [GeneratedRegex(@"Ready on (?<url>https?://[0-9.:]+) in ", RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
