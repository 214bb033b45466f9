using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using TrustService.Server.Options;
using TrustService.Server.Security;

namespace TrustService.Server.Hosting;

/// <summary>The web server: where it listens, and how long and how much it lets clients take.</summary>
internal static class KestrelSetup
{
    /// <summary>How long requests that are being worked on may take to finish when the server stops.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);
    private const double MinBytesPerSecond = 512;
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;
    private const int MaxConnections = 10_000;

    /// <summary>Adds the web server.</summary>
    public static void AddTrustKestrel(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var time = (TimeProvider)(builder.Services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance ?? TimeProvider.System);
        var tls = TlsFiles.Load(settings, time);
        builder.WebHost.UseKestrelCore();
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.Value.MaxRequestBytes;
            kestrel.Limits.MaxRequestLineSize = RequestGuard.MaxTargetLength * 2;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = HeaderTime;
            kestrel.Limits.KeepAliveTimeout = KeepAlive;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(MinBytesPerSecond, RateGrace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(MinBytesPerSecond, RateGrace);
            foreach (var url in settings.Urls)
                kestrel.Listen(url.Address, url.Port, listen => Configure(listen, url, tls));
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
    }

    private static void Configure(ListenOptions listen, ListenUrl url, HttpsConnectionAdapterOptions? tls)
    {
        if (url.IsHttps)
            listen.UseHttps(tls!);
        else
            listen.Protocols = HttpProtocols.Http1;
    }
}
