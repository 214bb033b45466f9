using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server;
using TrustService.Server.Background;
using TrustService.Server.OnlineKeys;
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

    private static async Task<TrustServerHost> StartAsync(TimeProvider time, string? config, TestDirectory directory)
    {
        string[] configured = config is null ? [] : ["--config", directory.Write("config.json", config)];
        var app = TrustServerApp.Create(["--data", directory["data"], "--urls", "http://127.0.0.1:0", .. configured], builder => builder.Services.AddSingleton(time));
        await app.StartAsync();
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await http.GetAsync(new Uri(app.Urls.Single() + "/readyz"));
            if (answer.IsSuccessStatusCode)
                return new TrustServerHost(app, directory);
            if (attempt == 200)
                throw new InvalidOperationException($"The server is not ready: {await answer.Content.ReadAsStringAsync()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Starts a server on a copy of the database and the master key as they are now: a backup.</summary>
    public async Task<TrustServerHost> CopyAsync(TimeProvider time)
    {
        var copy = new TestDirectory();
        System.IO.Directory.CreateDirectory(copy["data"]);
        foreach (var file in System.IO.Directory.GetFiles(directory["data"]).Where(file => !file.EndsWith(".json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy["data"], Path.GetFileName(file)));
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
