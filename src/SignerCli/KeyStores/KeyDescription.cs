using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>The file beside a key file: everything about the key that is no secret.</summary>
internal static class KeyDescription
{
    /// <summary>Bytes that a description may have.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Writes the description of a key.</summary>
    public static byte[] Write(KeyEntry entry)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", entry.Id!.Value.Value);
            writer.WritePropertyName("key");
            entry.Public!.Source.WriteTo(writer);
            if (entry.Label is { } label)
                writer.WriteString("label", label);
            WriteTexts(writer, "roles", entry.Roles);
            WriteTexts(writer, "repositories", entry.Repositories);
            if (entry.Created is { } created)
                writer.WriteTime("created", created);
            if (!entry.IsFile)
                writer.WriteString("uri", entry.Location);
            if (entry.BackedUp is { } backedUp)
                writer.WriteTime("backedUp", backedUp);
            if (entry.Drilled is { } drilled)
                writer.WriteTime("drilled", drilled);
            if (entry.LastUsed is { } lastUsed)
                writer.WriteTime("lastUsed", lastUsed);
            if (entry.WrongSince is { } wrongSince)
            {
                writer.WriteNumber("wrongPassphrases", entry.WrongPassphrases);
                writer.WriteTime("wrongSince", wrongSince);
            }
            writer.WriteEndObject();
        }
        return [.. stream.ToArray(), (byte)'\n'];
    }

    /// <summary>Reads a description.</summary>
    /// <param name="bytes">Its content.</param>
    /// <param name="descriptionFile">Its path.</param>
    /// <param name="keyFile">Path of the key file that it describes, unless it says itself where the key is.</param>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidKeyFile"/></exception>
    public static KeyEntry Read(ReadOnlySpan<byte> bytes, string descriptionFile, string keyFile)
    {
        try
        {
            var reader = new JsonObjectReader(StrictJson.Parse(bytes, JsonLimits.OfBytes(MaxBytes)), "the description");
            var id = new KeyId(reader.Text("keyid"));
            var key = TufFormat.Instance.ReadKey(id, reader.Required("key"));
            if (TufFormat.Instance.ComputeKeyId(key.Source) != id)
                throw reader.Refuse("has a keyid that is not the one of its key");
            var uri = reader.Optional("uri") is null ? null : reader.Text("uri");
            return new KeyEntry
            {
                Origin = uri is null ? KeyOrigin.Store : KeyUris.OriginOf(uri) ?? throw reader.Refuse("has a uri of a kind that is not known"),
                Location = uri ?? keyFile,
                DescriptionFile = descriptionFile,
                Id = id,
                Public = key,
                Label = reader.Optional("label") is null ? null : reader.Text("label"),
                Roles = reader.OptionalTexts("roles") ?? [],
                Repositories = reader.OptionalTexts("repositories") ?? [],
                Created = OptionalTime(reader, "created"),
                BackedUp = OptionalTime(reader, "backedUp"),
                Drilled = OptionalTime(reader, "drilled"),
                LastUsed = OptionalTime(reader, "lastUsed"),
                WrongPassphrases = reader.Optional("wrongPassphrases") is null ? 0 : (int)reader.Integer("wrongPassphrases", 0, int.MaxValue),
                WrongSince = OptionalTime(reader, "wrongSince"),
            };
        }
        catch (TrustException e) when (e.Error is TrustError.MalformedJson or TrustError.MalformedMetadata or TrustError.TooLarge)
        {
            throw new TrustException(TrustError.InvalidKeyFile, $"The description of the key {keyFile} cannot be used: {e.Message}", e)
            {
                Hint = $"Move both files away and import the key again: signer key import {Path.GetFileName(keyFile)}",
            };
        }
    }

    private static DateTimeOffset? OptionalTime(JsonObjectReader reader, string name) =>
        reader.Optional(name) is null ? null
        : DateTimeOffset.TryParse(reader.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw reader.Refuse($"has a {name} that is no time");

    private static void WriteTexts(Utf8JsonWriter writer, string name, ImmutableArray<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
