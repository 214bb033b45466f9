namespace TrustService.Server.Background;

/// <summary>Registers what runs without a request.</summary>
internal static class BackgroundServices
{
    /// <summary>Adds start-up, renewal and readiness.</summary>
    public static IServiceCollection AddTrustBackground(this IServiceCollection services) => services
        .AddSingleton<Readiness>()
        .AddSingleton<MetadataRenewer>()
        .AddSingleton<HistoryPruner>()
        .AddHostedService<StartUp>()
        .AddHostedService<HighWaterWatch>();
}
