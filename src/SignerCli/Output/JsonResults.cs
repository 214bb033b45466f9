using System.Globalization;
using System.Text.Json;
using TrustService.Errors;

namespace TrustService.Cli.Output;

/// <summary>The members that JSON results have in common.</summary>
internal static class JsonResults
{
    /// <summary>Writes <c>outcome</c> and <c>exitCode</c>.</summary>
    public static void WriteOutcome(this Utf8JsonWriter writer, string name, Outcome outcome)
    {
        writer.WriteString("outcome", name);
        writer.WriteNumber("exitCode", (int)outcome);
    }

    /// <summary>Writes <c>error</c>, or a member of another name: code, message, and what to do next.</summary>
    public static void WriteError(this Utf8JsonWriter writer, TrustException error, string name = "error")
    {
        writer.WriteStartObject(name);
        writer.WriteString("code", error.Info.Code);
        writer.WriteString("message", error.Message);
        if (error.Hint is { } hint)
            writer.WriteString("detail", hint);
        if (error.Role is { } role)
            writer.WriteString("role", role);
        writer.WriteEndObject();
    }

    /// <summary>Writes a whole refusal.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="reference">What is refused, or null if it is the command as a whole.</param>
    /// <param name="error">Why.</param>
    public static void WriteRefusal(this Utf8JsonWriter writer, string? reference, TrustException error)
    {
        writer.WriteStartObject();
        if (reference is not null)
            writer.WriteString("reference", reference);
        writer.WriteOutcome(Outcomes.Name(error.Info.Outcome), error.Info.Outcome);
        writer.WriteError(error);
        writer.WriteEndObject();
    }

    /// <summary>Writes a time as metadata has it: UTC, whole seconds.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, string name, DateTimeOffset time) =>
        writer.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));

    /// <summary>Writes an array of strings.</summary>
    public static void WriteTexts(this Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Writes the member <c>metadata</c> with the roles of a signing.</summary>
    public static void WriteRoles(this Utf8JsonWriter writer, SigningResult result)
    {
        writer.WriteStartObject("metadata");
        foreach (var role in result.Roles)
        {
            writer.WriteStartObject(role.Role.Value);
            writer.WriteNumber("version", role.Version);
            writer.WriteTime("expires", role.Expires);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
