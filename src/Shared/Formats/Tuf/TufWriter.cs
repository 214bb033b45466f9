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
            case Root root: MemberWriting.Root(writer, root); break;
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
        MemberWriting.Rest(writer, role);
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
        MemberWriting.TargetFiles(writer, targets.TargetFiles, Encode);
    }

    private static void WriteDelegations(Utf8JsonWriter writer, Delegations delegations)
    {
        writer.WriteStartObject("delegations");
        MemberWriting.Keys(writer, delegations.Keys);
        if (delegations.Succinct is { } bins)
        {
            writer.WriteStartObject("succinct_roles");
            writer.WriteNumber("bit_length", bins.BitLength);
            writer.WriteString("name_prefix", bins.NamePrefix);
            MemberWriting.RoleKeys(writer, bins.RoleKeys);
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
        if (role.PathHashPrefixes is { } prefixes)
            MemberWriting.Texts(writer, "path_hash_prefixes", prefixes);
        if (role.Paths is { } paths)
            MemberWriting.Texts(writer, "paths", paths);
        writer.WriteBoolean("terminating", role.Terminating);
        MemberWriting.RoleKeys(writer, role.RoleKeys);
        if (!role.OneTimeKeys.IsEmpty)
            MemberWriting.Texts(writer, TufTargetsReader.OneTimeKeysMember, role.OneTimeKeys.Select(id => id.Value));
        role.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteMetaFile(Utf8JsonWriter writer, string name, MetaFile file)
    {
        writer.WriteStartObject(name);
        if (file.Hashes is { } hashes)
            MemberWriting.Hashes(writer, hashes, Encode);
        if (file.Length is { } length)
            writer.WriteNumber("length", length);
        writer.WriteNumber("version", file.Version ?? throw new ArgumentException("TUF metadata names the version of every listed file.", nameof(file)));
        file.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static string Encode(ReadOnlyMemory<byte> bytes) => Hex.Encode(bytes.Span);
}
