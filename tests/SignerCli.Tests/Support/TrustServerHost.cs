using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TrustService.Server;
using TrustService.Server.Background;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Support;

/// <summary>The real trust server in this process, on a free port of this machine, with a clock that the test sets.</summary>
internal sealed class TrustServerHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestDirectory directory;

    private TrustServerHost(WebApplication app, TestDirectory directory) => (this.app, this.directory) = (app, directory);

    public string Url => app.Urls.Single();

    public static async Task<TrustServerHost> StartAsync(TimeProvider time)
    {
        var directory = new TestDirectory();
        var app = TrustServerApp.Create(["--data", directory["data"], "--urls", "http://127.0.0.1:0"], builder => builder.Services.AddSingleton(time));
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

    /// <summary>Signs anew what is due, as the background work does from time to time.</summary>
    public async Task RenewAsync() => await app.Services.GetRequiredService<MetadataRenewer>().RenewDueAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        directory.Dispose();
    }
}
