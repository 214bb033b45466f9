using System.Text.Json;
using TrustService.Metadata;

namespace TrustService.Formats;

/// <summary>The members that all formats write in the same way; the counterpart of <see cref="MemberReading"/>. Maps are in ordinal order.</summary>
internal static class MemberWriting
{
    public static void Root(Utf8JsonWriter writer, Root root)
    {
        writer.WriteBoolean("consistent_snapshot", root.ConsistentSnapshot);
        Keys(writer, root.Keys);
        writer.WriteStartObject("roles");
        foreach (var (name, role) in root.Roles)
        {
            writer.WriteStartObject(name.Value);
            RoleKeys(writer, role);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    // What no format defines: the names of key holders, then whatever was read and is not known.
    public static void Rest(Utf8JsonWriter writer, IRole role)
    {
        var names = role switch { Root root => root.KeyNames, Targets targets => targets.KeyNames, _ => KeyNames.None };
        if (names.Count > 0)
        {
            writer.WriteStartObject(KeyNames.Member);
            foreach (var (id, name) in names.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
                writer.WriteString(id.Value, KeyNames.Require(name));
            writer.WriteEndObject();
        }
        (names.Count > 0 ? role.Unrecognized.Without(KeyNames.Member) : role.Unrecognized).WriteTo(writer);
    }

    public static void Keys(Utf8JsonWriter writer, IReadOnlyDictionary<KeyId, PublicKey> keys)
    {
        writer.WriteStartObject("keys");
        foreach (var (id, key) in keys.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
        {
            writer.WritePropertyName(id.Value);
            key.Source.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    public static void RoleKeys(Utf8JsonWriter writer, RoleKeys role)
    {
        Texts(writer, "keyids", role.KeyIds.Select(id => id.Value));
        writer.WriteNumber("threshold", role.Threshold);
        role.Unrecognized.WriteTo(writer);
    }

    public static void TargetFiles(Utf8JsonWriter writer, IReadOnlyDictionary<string, TargetFile> files, Func<ReadOnlyMemory<byte>, string> encode)
    {
        writer.WriteStartObject("targets");
        foreach (var (path, target) in files.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(path);
            if (target.Custom is { } custom)
            {
                writer.WritePropertyName("custom");
                custom.WriteTo(writer);
            }
            Hashes(writer, target.Hashes, encode);
            writer.WriteNumber("length", target.Length);
            target.Unrecognized.WriteTo(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    public static void Hashes(Utf8JsonWriter writer, FileHashes hashes, Func<ReadOnlyMemory<byte>, string> encode)
    {
        writer.WriteStartObject("hashes");
        foreach (var hash in hashes.Values)
            writer.WriteString(hash.Algorithm, encode(hash.Value));
        writer.WriteEndObject();
    }

    public static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
