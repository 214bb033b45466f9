using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Background;
using TrustService.Server.Data;
using TrustService.Server.Options;

namespace TrustService.Server.Hosting;

/// <summary>Where settings come from: the command line first, then the environment, then a file.</summary>
internal static class ConfigurationSetup
{
    private const string EnvironmentPrefix = "TRUST_";
    private static readonly string[] Sections = [LimitOptions.Section, SigningOptions.Section, DatabaseOptions.Section, NotaryOptions.Section];
    private static readonly string[] PlainSettings =
        [SettingNames.Urls, SettingNames.Data, SettingNames.Database, SettingNames.TlsCert, SettingNames.TlsKey, SettingNames.DevTls, SettingNames.InsecureNoAuth, SettingNames.InsecureHttp];

    /// <summary>Reads the settings and makes the data directory, or insists that the embedded database is there.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/>, <see cref="TrustError.InsecureTransport"/> or <see cref="TrustError.LocalFile"/>.</exception>
    public static ServerSettings AddTrustConfiguration(this WebApplicationBuilder builder, IReadOnlyDictionary<string, string?> commandLine, bool mayBegin)
    {
        var configFile = commandLine.GetValueOrDefault(SettingNames.Config) ?? Environment.GetEnvironmentVariable("TRUST_CONFIG");
        if (!string.IsNullOrEmpty(configFile))
            AddFile(builder.Configuration, configFile);
        builder.Configuration.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(commandLine);

        var settings = ServerSettings.Read(builder.Configuration);
        // Read already; the web server would take it for a setting of its own.
        builder.Configuration[SettingNames.Urls] = null;
        var database = new DatabaseOptions
        {
            DataDirectory = settings.DataDirectory,
            ConnectionString = builder.Configuration[SettingNames.Database] ?? builder.Configuration[$"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)}"] ?? "",
        };
        if (!mayBegin && database.IsEmbedded && !File.Exists(database.EmbeddedFile))
            throw new TrustException(TrustError.LocalFile, $"There is no database {database.EmbeddedFile}.") { Hint = "Give the settings that the server has: --data DIR, --database, --config, or its environment." };
        MakeDataDirectory(settings.DataDirectory);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{DatabaseOptions.Section}:{nameof(DatabaseOptions.DataDirectory)}"] = database.DataDirectory,
            [$"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)}"] = database.ConnectionString,
        });
        var hasPassword = commandLine.GetValueOrDefault(SettingNames.Database)?.Contains("password", StringComparison.OrdinalIgnoreCase) == true;
        builder.Services.AddSingleton(services => new StartFacts(settings, services.GetRequiredService<IOptions<DatabaseOptions>>().Value, hasPassword));
        return settings;
    }

    /// <summary>Binds and checks the option sections when the server starts.</summary>
    public static IServiceCollection AddTrustOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsValidator>();
        services.AddSingleton<IValidateOptions<SigningOptions>, SigningOptionsValidator>();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.AddSingleton<IValidateOptions<NotaryOptions>, NotaryOptionsValidator>();
        AddSection<LimitOptions>(services, configuration.GetSection(LimitOptions.Section));
        AddSection<SigningOptions>(services, configuration.GetSection(SigningOptions.Section));
        AddSection<DatabaseOptions>(services, configuration.GetSection(DatabaseOptions.Section));
        AddSection<NotaryOptions>(services, configuration.GetSection(NotaryOptions.Section));
        return services;
    }

    private static void AddSection<TOptions>(IServiceCollection services, IConfigurationSection section)
        where TOptions : class, new()
    {
        var known = typeof(TOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).ToList();
        if (section.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new TrustException(TrustError.Usage, $"There is no setting {unknown.Path}.") { Hint = $"{section.Key} has {string.Join(", ", known)}." };
        try
        {
            section.Bind(new TOptions());
        }
        catch (InvalidOperationException e)
        {
            throw new TrustException(TrustError.Usage, $"A setting of {section.Key} has a value that it cannot have: {e.Message}", e);
        }
        services.AddOptions<TOptions>().Bind(section).ValidateOnStart();
    }

    /// <summary>Adds a configuration file.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    internal static void AddFile(ConfigurationManager configuration, string path)
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false);
        IConfigurationRoot read;
        try
        {
            read = file.Build();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.Usage, $"The configuration file {path} cannot be read: {e.GetBaseException().Message}", e);
        }
        catch (InvalidDataException e)
        {
            // The parser quotes the text, and passwords stand in it.
            throw new TrustException(TrustError.Usage, $"The configuration file {path} cannot be read: {(e.GetBaseException() is JsonException { LineNumber: { } line } ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1} of it is not JSON") : "it is not JSON of this kind")}.");
        }
        foreach (var name in read.GetChildren().Select(section => section.Key))
        {
            if (!Sections.Concat(PlainSettings).Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new TrustException(TrustError.Usage, $"The configuration file {path} has a setting \"{name}\", which does not exist.") { Hint = $"Settings are {string.Join(", ", PlainSettings)} and the sections {string.Join(", ", Sections)}." };
        }
        configuration.AddConfiguration(read);
    }

    private static void MakeDataDirectory(string path)
    {
        try
        {
            PrivateFiles.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException(TrustError.LocalFile, $"The data directory {path} cannot be made: {e.Message}", e) { Hint = "Choose another one with --data." };
        }
    }
}
