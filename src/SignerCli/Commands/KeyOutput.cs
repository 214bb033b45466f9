using System.Text.Json;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;

namespace TrustService.Cli.Commands;

/// <summary>How keys are shown. Only what is public is in here.</summary>
internal static class KeyOutput
{
    /// <summary>Writes one key as JSON.</summary>
    public static void WriteKey(this Utf8JsonWriter writer, KeyEntry entry)
    {
        writer.WriteStartObject();
        if (entry.Id is { } id)
            writer.WriteString("keyid", id.Value);
        if (entry.Public is { } key)
            writer.WriteString("scheme", KeySchemes.JsonName(key.Scheme));
        writer.WriteString("origin", OriginOf(entry));
        if (entry.Label is { } label)
            writer.WriteString("label", label);
        writer.WriteTexts("roles", entry.Roles);
        writer.WriteTexts("repositories", entry.Repositories);
        if (entry.Created is { } created)
            writer.WriteTime("created", created);
        WriteWhen(writer, "backedUp", entry.BackedUp);
        WriteWhen(writer, "drilled", entry.Drilled);
        WriteWhen(writer, "lastUsed", entry.LastUsed);
        writer.WriteString("uri", entry.Uri);
        if (entry.Origin is not (KeyOrigin.Environment or KeyOrigin.Token or KeyOrigin.Program))
            writer.WriteString("file", entry.Location);
        writer.WriteEndObject();
    }

    /// <summary>The name of a key's origin.</summary>
    public static string OriginOf(KeyEntry entry) => entry.Origin switch
    {
        KeyOrigin.Store => "signer",
        KeyOrigin.Docker => "docker",
        KeyOrigin.File => "file",
        KeyOrigin.Environment => "environment",
        KeyOrigin.Token => "token",
        _ => "program",
    };

    // Never is an answer, too: scripts look for keys without a backup.
    private static void WriteWhen(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteTime(name, known);
        else
            writer.WriteNull(name);
    }
}
