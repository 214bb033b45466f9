using Microsoft.Extensions.Options;
using TrustService.Server.Data;
using TrustService.Server.Options;

namespace TrustService.Server.OnlineKeys;

/// <summary>Registers the online keys.</summary>
internal static class OnlineKeyServices
{
    /// <summary>Adds master key and online keys; needs options, store and a <see cref="TimeProvider"/>. The host opens <see cref="MasterKey"/> before it is ready.</summary>
    public static IServiceCollection AddOnlineKeys(this IServiceCollection services)
    {
        services.AddSingleton(s => MasterKeyFile.Open(
            s.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            s.GetRequiredService<IOptions<SigningOptions>>().Value,
            s.GetRequiredService<IHostEnvironment>().IsDevelopment(),
            Environment.GetEnvironmentVariable));
        services.AddSingleton<IOnlineKeys>(s => new SealedOnlineKeys(
            s.GetRequiredService<TrustDatabase>(), s.GetRequiredService<MasterKey>(), s.GetRequiredService<IOptions<LimitOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        return services;
    }
}
