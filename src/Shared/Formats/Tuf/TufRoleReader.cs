using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Tuf;

/// <summary>Signed parts of root, timestamp and snapshot, and the pieces that all roles share.</summary>
internal static class TufRoleReader
{
    public const string SignedAtMember = "x-signed-at";

    // Not of TUF: an extra member that says which repository the file belongs to.
    public const string RepositoryMember = "x-repository";

    private const string Extension = ".json";

    public static Root Root(JsonObjectReader signed)
    {
        var (names, rest) = MemberReading.KeyNames(signed, signed.Except(RepositoryMember, "_type", "spec_version", "version", "expires", "consistent_snapshot", "keys", "roles"));
        return new Root
        {
            SpecVersion = signed.Text("spec_version"),
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            ConsistentSnapshot = signed.OptionalBoolean("consistent_snapshot") ?? false,
            Keys = Keys(signed.Object("keys")),
            Roles = MemberReading.TopLevelRoles(signed.Object("roles"), MemberReading.RoleKeys).AsReadOnly(),
            Repository = Repository(signed),
            KeyNames = names,
            Unrecognized = rest,
        };
    }

    public static Timestamp Timestamp(JsonObjectReader signed)
    {
        var meta = signed.Object("meta");
        if (meta.Count != 1)
            throw meta.Refuse($"has {meta.Count} entries; snapshot.json alone is needed");
        return new Timestamp
        {
            SpecVersion = signed.Text("spec_version"),
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            SnapshotMeta = MetaFile(meta.Object("snapshot.json")),
            // Not of TUF: an extra member that lets a client see how old an unexpired timestamp is.
            SignedAt = signed.Optional(SignedAtMember) is { ValueKind: JsonValueKind.String } text && MetadataTime.TryParse(text.GetString()!, out var time) ? time : null,
            Unrecognized = signed.Except("_type", "spec_version", "version", "expires", "meta", SignedAtMember),
        };
    }

    public static Snapshot Snapshot(JsonObjectReader signed)
    {
        var meta = signed.Object("meta");
        MemberReading.RequireFewRoles(meta);
        var files = new Dictionary<RoleName, MetaFile>(meta.Count);
        foreach (var member in meta.Members)
        {
            if (!member.Name.EndsWith(Extension, StringComparison.Ordinal) || !RoleName.TryParse(member.Name[..^Extension.Length], out var name))
                throw meta.Refuse("has an entry that is not the name of a role with .json");
            files.Add(name, MetaFile(new JsonObjectReader(member.Value, $"{meta.Place}.{member.Name}")));
        }
        if (!files.ContainsKey(RoleName.Targets))
            throw meta.Refuse("lacks targets.json");
        return new Snapshot
        {
            SpecVersion = signed.Text("spec_version"),
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            Meta = files.AsReadOnly(),
            Unrecognized = signed.Except("_type", "spec_version", "version", "expires", "meta"),
        };
    }

    public static string? Repository(JsonObjectReader signed) => signed.Optional(RepositoryMember) is null ? null : signed.Text(RepositoryMember);

    public static Dictionary<KeyId, PublicKey> Keys(JsonObjectReader keys) => MemberReading.Keys(keys, TufKey.Read);

    public static FileHashes Hashes(JsonObjectReader hashes) => MemberReading.Hashes(hashes, text => Hex.TryDecode(text, out var value) ? value : null);

    private static MetaFile MetaFile(JsonObjectReader meta) => new()
    {
        Version = meta.Integer("version", 1, MetadataLimits.MaxVersion),
        Length = meta.OptionalInteger("length", 0, MetadataLimits.MaxLength),
        Hashes = meta.OptionalObject("hashes") is { } hashes ? Hashes(hashes) : null,
        Unrecognized = meta.Except("version", "length", "hashes"),
    };
}
