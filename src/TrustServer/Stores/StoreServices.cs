using Microsoft.Extensions.Options;
using TrustService.Server.Data;
using TrustService.Server.Options;

namespace TrustService.Server.Stores;

/// <summary>Registers the store.</summary>
internal static class StoreServices
{
    /// <summary>Adds database, migrator, store, catalog and cache; needs the options and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddTrustStore(this IServiceCollection services)
    {
        services.AddSingleton(s => new TrustDatabase(s.GetRequiredService<IOptions<DatabaseOptions>>().Value));
        services.AddSingleton(s => new SqlMigrator(s.GetRequiredService<TrustDatabase>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMetadataStore, MetadataStore>();
        services.AddSingleton<IPendingStore>(s => new PendingStore(s.GetRequiredService<TrustDatabase>(), s.GetRequiredService<IOptions<LimitOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRepositoryCatalog, RepositoryCatalog>();
        services.AddSingleton<ChangeHistory>();
        services.AddSingleton(s => new CurrentMetadataCache(s.GetRequiredService<IMetadataStore>(), s.GetRequiredService<IOptions<LimitOptions>>().Value, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new SnapshotListings(s.GetRequiredService<TimeProvider>()));
        return services;
    }
}
