using System.Buffers;
using System.Text;
using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Notary;

/// <summary>Records into the bytes that Notary's own tools write: canonical JSON in which a few characters are escaped.</summary>
/// <remarks>The real server hashes what it writes itself, not what it was sent; other bytes would break a repository there.</remarks>
internal static class NotaryWriter
{
    // 0xE2 is the first byte of U+2028 and U+2029, and of others that stay.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    public static byte[] WriteSigned<TRole>(TRole role)
        where TRole : class, IRole
    {
        var element = JsonWriting.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("_type", NotaryReader.NameOf(TRole.Type));
            switch (role)
            {
                case Root root: MemberWriting.Root(writer, root); break;
                case Timestamp timestamp: WriteTimestamp(writer, timestamp); break;
                case Snapshot snapshot: WriteSnapshot(writer, snapshot); break;
                case Targets targets: WriteTargets(writer, targets); break;
                default: throw new ArgumentException($"{typeof(TRole).Name} is not a role.", nameof(role));
            }
            writer.WriteString("expires", MetadataTime.WriteFraction(role.Expires));
            writer.WriteNumber("version", role.Version);
            MemberWriting.Rest(writer, role);
            writer.WriteEndObject();
        });
        return Escape(CanonicalJson.Encode(element));
    }

    public static byte[] WriteFile(ReadOnlySpan<byte> signed, IEnumerable<Signature> signatures)
    {
        var raw = signed.ToArray();
        return JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("signed");
            writer.WriteRawValue(raw);
            writer.WriteStartArray("signatures");
            foreach (var signature in signatures)
            {
                writer.WriteStartObject();
                writer.WriteString("keyid", signature.KeyId.Value);
                writer.WriteString("method", NotaryMethod.Write(signature.Method));
                writer.WriteString("sig", Base64Text.Encode(ValueOf(signature).Span));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static ReadOnlyMemory<byte> ValueOf(Signature signature) =>
        signature.Method == SignatureMethod.Ecdsa ? EcdsaPair.FromDer(signature.Value) : signature.Value;

    private static void WriteTimestamp(Utf8JsonWriter writer, Timestamp timestamp)
    {
        writer.WriteStartObject("meta");
        WriteMetaFile(writer, "snapshot", timestamp.SnapshotMeta);
        writer.WriteEndObject();
    }

    private static void WriteSnapshot(Utf8JsonWriter writer, Snapshot snapshot)
    {
        writer.WriteStartObject("meta");
        foreach (var (name, file) in snapshot.Meta)
            WriteMetaFile(writer, name.Value, file);
        writer.WriteEndObject();
    }

    private static void WriteTargets(Utf8JsonWriter writer, Targets targets)
    {
        writer.WriteStartObject("delegations");
        MemberWriting.Keys(writer, targets.Delegations?.Keys ?? new Dictionary<KeyId, PublicKey>());
        writer.WriteStartArray("roles");
        foreach (var role in targets.Delegations?.Roles ?? [])
            WriteDelegatedRole(writer, role);
        writer.WriteEndArray();
        targets.Delegations?.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
        MemberWriting.TargetFiles(writer, targets.TargetFiles, Encode);
    }

    private static void WriteDelegatedRole(Utf8JsonWriter writer, DelegatedRole role)
    {
        writer.WriteStartObject();
        writer.WriteString("name", role.Name.Value);
        if (role.Paths is { Length: > 0 } paths)
            MemberWriting.Texts(writer, "paths", paths);
        MemberWriting.RoleKeys(writer, role.RoleKeys);
        role.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteMetaFile(Utf8JsonWriter writer, string name, MetaFile file)
    {
        writer.WriteStartObject(name);
        MemberWriting.Hashes(writer, file.Hashes ?? throw new ArgumentException("Notary metadata lists the hashes of every file.", nameof(file)), Encode);
        writer.WriteNumber("length", file.Length ?? throw new ArgumentException("Notary metadata lists the length of every file.", nameof(file)));
        file.Unrecognized.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static string Encode(ReadOnlyMemory<byte> bytes) => Base64Text.Encode(bytes.Span);

    // Go's encoder writes < > & U+2028 U+2029 as escapes; JSON needs them for control characters. All stand in strings alone.
    private static byte[] Escape(ReadOnlySpan<byte> canonical)
    {
        var output = new ArrayBufferWriter<byte>(canonical.Length + 1);
        for (var at = canonical.IndexOfAny(Escaped); at >= 0; at = canonical.IndexOfAny(Escaped))
        {
            output.Write(canonical[..at]);
            canonical = canonical[at..];
            var (escape, length) = canonical switch
            {
                [0xE2, 0x80, 0xA8, ..] => ("\\u2028", 3),
                [0xE2, 0x80, 0xA9, ..] => ("\\u2029", 3),
                [0xE2, ..] => (null, 1),
                [var other, ..] => ($"\\u{other:x4}", 1),
                _ => (null, 0),
            };
            output.Write(escape is null ? canonical[..length] : Encoding.ASCII.GetBytes(escape));
            canonical = canonical[length..];
        }
        output.Write(canonical);
        return output.WrittenSpan.ToArray();
    }
}
