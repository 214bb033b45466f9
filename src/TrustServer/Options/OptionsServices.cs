using Microsoft.Extensions.Options;

namespace TrustService.Server.Options;

/// <summary>Registers the options; each is checked when the server starts.</summary>
internal static class OptionsServices
{
    /// <summary>Adds the options of database, signing and limits, read from the configuration sections of their names.</summary>
    public static IServiceCollection AddTrustOptions(this IServiceCollection services)
    {
        Add<DatabaseOptions, DatabaseOptionsValidator>(services, DatabaseOptions.Section);
        Add<SigningOptions, SigningOptionsValidator>(services, SigningOptions.Section);
        Add<LimitOptions, LimitOptionsValidator>(services, LimitOptions.Section);
        return services;
    }

    private static void Add<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
    }
}
