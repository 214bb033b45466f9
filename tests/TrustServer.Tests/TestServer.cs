using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TrustService.Server.Background;
using TrustService.Server.Data;
using TrustService.Server.Telemetry;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests;

/// <summary>The real server in this process, on a free port of 127.0.0.1, with a clock that the test moves.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string[] arguments;
    private readonly string? database;
    private readonly PostgresFixture? postgres;
    private readonly bool ownsData;
    private WebApplication? app;

    private TestServer(PostgresFixture? postgres, TestServer? neighbour, string[] arguments)
    {
        this.postgres = neighbour is null ? postgres : null;
        ownsData = neighbour is null;
        database = neighbour is null ? postgres?.CreateDatabase() : neighbour.database;
        Clock = neighbour?.Clock ?? new AdjustableClock();
        Directory = neighbour?.Directory ?? System.IO.Directory.CreateTempSubdirectory("trust-server-").FullName;
        this.arguments = arguments;
        if (ownsData)
            WriteMasterKey(Path.Combine(Directory, "data"));
    }

    public AdjustableClock Clock { get; }

    /// <summary>Directory of the test; the data directory is <c>data</c> in it.</summary>
    public string Directory { get; }

    /// <summary>Options of the command line that name the same database and master key.</summary>
    public string[] Where => ["--data", Path.Combine(Directory, "data"), .. database is null ? Array.Empty<string>() : ["--database", database]];

    public HttpClient Client { get; private set; } = new();

    public LogRecorder Logs { get; } = new();

    public IServiceProvider Services => app!.Services;

    /// <summary>Starts a server on an empty database: PostgreSQL, or SQLite without a fixture.</summary>
    public static Task<TestServer> StartAsync(PostgresFixture? postgres = null, params string[] arguments) => StartedAsync(new TestServer(postgres, null, arguments));

    /// <summary>Starts another server on the same database and data directory.</summary>
    public Task<TestServer> StartNeighbourAsync() => StartedAsync(new TestServer(null, this, arguments));

    /// <summary>Stops the server and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (!ownsData)
            return;
        postgres?.DropDatabase(database!);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Waits until the server has begun to work on so many requests at once.</summary>
    public Task WaitForRequestsAsync(long count) => WaitAsync(() => Services.GetRequiredService<TrustMetrics>().InProgress >= count);

    /// <summary>Waits for a log line of an event.</summary>
    public Task WaitForLogAsync(string eventName) => WaitAsync(() => Logs.Lines.Any(line => line.Contains($" {eventName} ", StringComparison.Ordinal)));

    private static async Task<TestServer> StartedAsync(TestServer server)
    {
        await server.RunAsync();
        return server;
    }

    private static void WriteMasterKey(string data)
    {
        PrivateFiles.CreateDirectory(data);
        using var file = PrivateFiles.Create(Path.Combine(data, "master.key"), FileMode.CreateNew);
        file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
    }

    private async Task RunAsync()
    {
        app = TrustServerApp.Create(["--urls", "http://127.0.0.1:0", .. Where, .. arguments], builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Logging.ClearProviders().AddProvider(Logs);
        });
        await app.StartAsync();
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        var readiness = app.Services.GetRequiredService<Readiness>();
        await WaitAsync(() => readiness.IsStarted);
    }

    private Task WaitAsync(Func<bool> condition) => WaitAsync(() => Task.FromResult(condition()));

    /// <summary>Waits until a condition holds.</summary>
    public async Task WaitAsync(Func<Task<bool>> condition)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (!await condition())
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new TimeoutException($"Waited in vain: {string.Join('\n', Logs.Lines)}");
            await Task.Delay(5);
        }
    }

    /// <summary>Stops the server as a signal does: what is being worked on may finish.</summary>
    public async Task StopAsync()
    {
        Client.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        app = null;
    }
}
