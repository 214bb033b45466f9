using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using TrustService.Json;

namespace TrustService.Server.Telemetry;

/// <summary>Log lines for programs: one JSON object for each, with the named values of the message as members.</summary>
internal sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>Name for the console logger's options.</summary>
    public const string FormatterName = "trust-json";

    private const string MessageTemplate = "{OriginalFormat}";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var entry = logEntry;
        var line = JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", LevelName(entry.LogLevel));
            writer.WriteString("event", entry.EventId.Name ?? entry.Category);
            writer.WriteString("message", entry.Formatter(entry.State, entry.Exception));
            if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                foreach (var (name, value) in values.Where(value => value.Key != MessageTemplate))
                    WriteValue(writer, JsonNamingPolicy.CamelCase.ConvertName(name), value);
            }
            if (entry.Exception is { } exception)
                writer.WriteString("exception", exception.ToString());
            writer.WriteEndObject();
        });
        textWriter.Write(Encoding.UTF8.GetString(line));
        textWriter.Write('\n');
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        if (value is int or long)
            writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        else
            writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Critical => "alarm",
        LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
