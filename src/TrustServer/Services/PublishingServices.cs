namespace TrustService.Server.Services;

/// <summary>Registers publishing.</summary>
internal static class PublishingServices
{
    /// <summary>Adds upload reading, the rules and the publisher.</summary>
    public static IServiceCollection AddTrustPublishing(this IServiceCollection services) => services
        .AddSingleton<UploadReader>().AddSingleton<PublishGate>()
        .AddSingleton<OperatorRules>()
        .AddSingleton<PublishedSets>()
        .AddSingleton<RepositoryDetails>()
        .AddSingleton<PublishService>()
        .AddSingleton<RestoreGuard>()
        .AddSingleton<RestoreBump>()
        .AddSingleton<StandbyActivation>()
        .AddSingleton<ImportService>()
        .AddSingleton<ParkingService>();
}
