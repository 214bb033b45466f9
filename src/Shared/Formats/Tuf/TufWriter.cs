using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Tuf;

/// <summary>Records into the JSON of TUF files; members in alphabetical order, unknown ones last.</summary>
internal static class TufWriter
{
    public static byte[] WriteSigned<TRole>(TRole role)
        where TRole : class, IRole => JsonWriting.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("_type", TufReader.NameOf(TRole.Type));
        switch (role)
        {
            case Root root: WriteRoot(writer, root); break;
            case Timestamp timestamp: WriteTimestamp(writer, timestamp); break;
            case Snapshot snapshot: WriteSnapshot(writer, snapshot); break;
            case Targets targets: WriteTargets(writer, targets); break;
            default: throw new ArgumentException($"{typeof(TRole).Name} is not a role.", nameof(role));
        }
        writer.WriteString("expires", MetadataTime.WriteSeconds(role.Expires));
        writer.WriteString("spec_version", role.SpecVersion ?? TufFormat.SpecVersion);
        writer.WriteNumber("version", role.Version);
        if (role is Root { Repository: { } ofRoot })
            writer.WriteString(TufRoleReader.RepositoryMember, ofRoot);
        if (role is Targets { Repository: { } ofTargets })
            writer.WriteString(TufRoleReader.RepositoryMember, ofTargets);
        if (role is Timestamp { SignedAt: { } signedAt })
            writer.WriteString(TufRoleReader.SignedAtMember, MetadataTime.WriteSeconds(signedAt));
        role.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    });

    public static byte[] WriteFile(ReadOnlySpan<byte> signed, IEnumerable<Signature> signatures)
    {
        var raw = signed.ToArray();
        return JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("signatures");
            foreach (var signature in signatures)
            {
                writer.WriteStartObject();
                writer.WriteString("keyid", signature.KeyId.Value);
                writer.WriteString("sig", Hex.Encode(signature.Value.Span));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WritePropertyName("signed");
            writer.WriteRawValue(raw);
            writer.WriteEndObject();
        });
    }

    private static void WriteRoot(Utf8JsonWriter writer, Root root)
    {
        writer.WriteBoolean("consistent_snapshot", root.ConsistentSnapshot);
        WriteKeys(writer, root.Keys);
        writer.WriteStartObject("roles");
        foreach (var (name, role) in root.Roles)
        {
            writer.WriteStartObject(name.Value);
            WriteRoleKeys(writer, role);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteTimestamp(Utf8JsonWriter writer, Timestamp timestamp)
    {
        writer.WriteStartObject("meta");
        WriteMetaFile(writer, "snapshot.json", timestamp.SnapshotMeta);
        writer.WriteEndObject();
    }

    private static void WriteSnapshot(Utf8JsonWriter writer, Snapshot snapshot)
    {
        writer.WriteStartObject("meta");
        foreach (var (name, file) in snapshot.Meta.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
            WriteMetaFile(writer, name.Value + ".json", file);
        writer.WriteEndObject();
    }

    private static void WriteTargets(Utf8JsonWriter writer, Targets targets)
    {
        if (targets.Delegations is { } delegations)
            WriteDelegations(writer, delegations);
        writer.WriteStartObject("targets");
        foreach (var (path, target) in targets.TargetFiles.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(path);
            if (target.Custom is { } custom)
            {
                writer.WritePropertyName("custom");
                custom.WriteTo(writer);
            }
            WriteHashes(writer, target.Hashes);
            writer.WriteNumber("length", target.Length);
            target.Unrecognized.WriteTo(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteDelegations(Utf8JsonWriter writer, Delegations delegations)
    {
        writer.WriteStartObject("delegations");
        WriteKeys(writer, delegations.Keys);
        if (delegations.Succinct is { } bins)
        {
            writer.WriteStartObject("succinct_roles");
            writer.WriteNumber("bit_length", bins.BitLength);
            writer.WriteString("name_prefix", bins.NamePrefix);
            WriteRoleKeys(writer, bins.RoleKeys);
            bins.Unrecognized.WriteTo(writer);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray("roles");
            foreach (var role in delegations.Roles)
                WriteDelegatedRole(writer, role);
            writer.WriteEndArray();
        }
        delegations.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteDelegatedRole(Utf8JsonWriter writer, DelegatedRole role)
    {
        writer.WriteStartObject();
        writer.WriteString("name", role.Name.Value);
        WriteTexts(writer, "path_hash_prefixes", role.PathHashPrefixes?.AsEnumerable());
        WriteTexts(writer, "paths", role.Paths?.AsEnumerable());
        writer.WriteBoolean("terminating", role.Terminating);
        WriteRoleKeys(writer, role.RoleKeys);
        role.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteKeys(Utf8JsonWriter writer, IReadOnlyDictionary<KeyId, PublicKey> keys)
    {
        writer.WriteStartObject("keys");
        foreach (var (id, key) in keys.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
        {
            writer.WritePropertyName(id.Value);
            key.Source.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void WriteRoleKeys(Utf8JsonWriter writer, RoleKeys role)
    {
        WriteTexts(writer, "keyids", role.KeyIds.Select(id => id.Value));
        writer.WriteNumber("threshold", role.Threshold);
        role.Unrecognized.WriteTo(writer);
    }

    private static void WriteMetaFile(Utf8JsonWriter writer, string name, MetaFile file)
    {
        writer.WriteStartObject(name);
        if (file.Hashes is { } hashes)
            WriteHashes(writer, hashes);
        if (file.Length is { } length)
            writer.WriteNumber("length", length);
        writer.WriteNumber("version", file.Version ?? throw new ArgumentException("TUF metadata names the version of every listed file.", nameof(file)));
        file.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteHashes(Utf8JsonWriter writer, FileHashes hashes)
    {
        writer.WriteStartObject("hashes");
        foreach (var hash in hashes.Values)
            writer.WriteString(hash.Algorithm, Hex.Encode(hash.Value.Span));
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string>? texts)
    {
        if (texts is null)
            return;
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
