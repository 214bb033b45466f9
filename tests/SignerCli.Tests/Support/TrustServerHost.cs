using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server;
using TrustService.Server.Background;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Services;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>The real trust server in this process, on a free port of this machine, with a clock that the test sets.</summary>
internal sealed class TrustServerHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestDirectory directory;

    private TrustServerHost(WebApplication app, TestDirectory directory) => (this.app, this.directory) = (app, directory);

    public string Url => app.Urls.Single();

    /// <summary>Starts a server.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="config">Settings as JSON, or null.</param>
    public static Task<TrustServerHost> StartAsync(TimeProvider time, string? config = null) => StartAsync(time, config, new TestDirectory());

    /// <summary>Options of a command line that name the same database and master key.</summary>
    public string[] Where => ["--data", directory["data"]];

    private static async Task<TrustServerHost> StartAsync(TimeProvider time, string? config, TestDirectory directory, bool isReady = true)
    {
        string[] configured = config is null ? [] : ["--config", directory.Write("config.json", config)];
        var app = TrustServerApp.Create(["--data", directory["data"], "--urls", "http://127.0.0.1:0", .. configured], builder => builder.Services.AddSingleton(time));
        await app.StartAsync();
        var host = new TrustServerHost(app, directory);
        if (isReady)
            await host.ReadyAsync();
        return host;
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await http.GetAsync(new Uri(Url + "/readyz"));
            if (answer.IsSuccessStatusCode)
                return;
            if (attempt == 400)
                throw new InvalidOperationException($"The server is not ready: {await answer.Content.ReadAsStringAsync()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Copies database and master key as they are now: a backup.</summary>
    public void CopyTo(string target)
    {
        System.IO.Directory.CreateDirectory(target);
        foreach (var file in System.IO.Directory.GetFiles(directory["data"]).Where(file => !file.EndsWith(".json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    /// <summary>Stops the server, and starts another one on some of its files, and on others from elsewhere; it need not get ready.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="isKept">Which of its files it has by their names.</param>
    /// <param name="from">A directory with the other files, or null.</param>
    public async Task<TrustServerHost> MovedAsync(TimeProvider time, Func<string, bool> isKept, string? from = null)
    {
        await app.StopAsync();
        await app.DisposeAsync();
        var next = new TestDirectory();
        System.IO.Directory.CreateDirectory(next["data"]);
        foreach (var file in System.IO.Directory.GetFiles(directory["data"]).Where(file => isKept(Path.GetFileName(file))).Concat(from is null ? [] : System.IO.Directory.GetFiles(from).Where(file => !isKept(Path.GetFileName(file)))))
            File.Copy(file, Path.Combine(next["data"], Path.GetFileName(file)));
        directory.Dispose();
        return await StartAsync(time, null, next, isReady: from is null);
    }

    /// <summary>Brings the high-water mark up to date, as the background work does every second.</summary>
    public Task MarkAsync() => app.Services.GetRequiredService<RestoreGuard>().CheckAsync(CancellationToken.None);

    /// <summary>Starts a server on a copy of the database and the master key as they are now: a backup.</summary>
    public async Task<TrustServerHost> CopyAsync(TimeProvider time)
    {
        var copy = new TestDirectory();
        CopyTo(copy["data"]);
        return await StartAsync(time, null, copy);
    }

    /// <summary>Signs anew what is due, as the background work does from time to time.</summary>
    public async Task RenewAsync() => await app.Services.GetRequiredService<MetadataRenewer>().RenewDueAsync(CancellationToken.None);

    /// <summary>The private key with which the server signs a role, as somebody has it who broke into the server.</summary>
    public async Task<ISigningKey> StealAsync(RepositoryName repository, RoleName role)
    {
        var keys = app.Services.GetRequiredService<IOnlineKeys>();
        return (await keys.FindSignerAsync(repository, role, [(await keys.FindActiveAsync(repository, role, CancellationToken.None))!.Fingerprint], null, CancellationToken.None))!;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        directory.Dispose();
    }
}
