namespace TrustService.Server.Telemetry;

/// <summary>Logs go to standard output: text on a terminal, JSON otherwise.</summary>
internal static class LoggingSetup
{
    /// <summary>Adds logging and metrics.</summary>
    public static void AddTrustLogging(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrustMetrics>();
        builder.Logging.AddConsoleFormatter<TextLogFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Logging.AddConsoleFormatter<JsonLogFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Logging.AddConsole(console => console.FormatterName = Console.IsOutputRedirected ? JsonLogFormatter.FormatterName : TextLogFormatter.FormatterName);
        builder.Logging.AddFilter((category, level) => level >= (category == Log.Category ? LogLevel.Information : LogLevel.Warning));
        // A failing start ends the process with one message of its own.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }
}
