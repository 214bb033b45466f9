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
        var roles = new Dictionary<RoleName, RoleKeys>();
        var listed = signed.Object("roles");
        foreach (var member in listed.Members)
        {
            if (!RoleName.TryParse(member.Name, out var name))
                throw listed.Refuse("has a member that is not a role name");
            var role = new JsonObjectReader(member.Value, $"{listed.Place}.{name}");
            roles.Add(name, RoleKeys(role) with { Unrecognized = role.Except("keyids", "threshold") });
        }
        foreach (var needed in (RoleName[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            if (!roles.ContainsKey(needed))
                throw listed.Refuse($"lacks {needed}; root, timestamp, snapshot and targets are needed");
        }
        return new Root
        {
            SpecVersion = signed.Text("spec_version"),
            Version = Version(signed),
            Expires = Expires(signed),
            ConsistentSnapshot = signed.OptionalBoolean("consistent_snapshot") ?? false,
            Keys = Keys(signed.Object("keys")),
            Roles = roles.AsReadOnly(),
            Repository = Repository(signed),
            Unrecognized = signed.Except(RepositoryMember, "_type", "spec_version", "version", "expires", "consistent_snapshot", "keys", "roles"),
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
            Version = Version(signed),
            Expires = Expires(signed),
            SnapshotMeta = MetaFile(meta.Object("snapshot.json")),
            // Not of TUF: an extra member that lets a client see how old an unexpired timestamp is.
            SignedAt = signed.Optional(SignedAtMember) is { ValueKind: JsonValueKind.String } text && TufTime.TryParse(text.GetString()!, out var time) ? time : null,
            Unrecognized = signed.Except("_type", "spec_version", "version", "expires", "meta", SignedAtMember),
        };
    }

    public static Snapshot Snapshot(JsonObjectReader signed)
    {
        var meta = signed.Object("meta");
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
            Version = Version(signed),
            Expires = Expires(signed),
            Meta = files.AsReadOnly(),
            Unrecognized = signed.Except("_type", "spec_version", "version", "expires", "meta"),
        };
    }

    public static string? Repository(JsonObjectReader signed) => signed.Optional(RepositoryMember) is null ? null : signed.Text(RepositoryMember);

    public static long Version(JsonObjectReader signed) => signed.Integer("version", 1, MetadataLimits.MaxVersion);

    public static DateTimeOffset Expires(JsonObjectReader signed) =>
        TufTime.TryParse(signed.Text("expires"), out var time) ? time : throw signed.Refuse("has an expiry that is no date; YYYY-MM-DDTHH:MM:SSZ is needed");

    public static Dictionary<KeyId, PublicKey> Keys(JsonObjectReader keys)
    {
        if (keys.Count > MetadataLimits.MaxKeys)
            throw new TrustException(TrustError.TooLarge, $"{keys.Place} has {keys.Count} entries; at most {MetadataLimits.MaxKeys} are read.");
        var read = new Dictionary<KeyId, PublicKey>(keys.Count);
        foreach (var member in keys.Members)
        {
            var id = new KeyId(member.Name);
            read.Add(id, TufKey.Read(id, new JsonObjectReader(member.Value, $"{keys.Place}.{id.Short}")));
        }
        return read;
    }

    /// <summary>Reads keyids and threshold; an id that is listed again is the same id.</summary>
    public static RoleKeys RoleKeys(JsonObjectReader role) => new()
    {
        KeyIds = [.. role.Texts("keyids").Select(text => new KeyId(text)).Distinct()],
        Threshold = (int)role.Integer("threshold", 1, Metadata.RoleKeys.MaxThreshold),
    };

    public static FileHashes Hashes(JsonObjectReader hashes)
    {
        if (hashes.Count is 0 or > MetadataLimits.MaxHashes)
            throw hashes.Refuse($"has {hashes.Count} entries; 1 to {MetadataLimits.MaxHashes} are needed");
        var values = ImmutableArray.CreateBuilder<FileHash>(hashes.Count);
        foreach (var member in hashes.Members)
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                throw hashes.Refuse($"has a value for \"{member.Name}\" that is not a string");
            values.Add(new FileHash(member.Name, Hex.TryDecode(member.Value.GetString()!, out var value) ? value : default(ReadOnlyMemory<byte>)));
        }
        return new FileHashes(values.MoveToImmutable());
    }

    private static MetaFile MetaFile(JsonObjectReader meta) => new()
    {
        Version = meta.Integer("version", 1, MetadataLimits.MaxVersion),
        Length = meta.OptionalInteger("length", 0, MetadataLimits.MaxLength),
        Hashes = meta.OptionalObject("hashes") is { } hashes ? Hashes(hashes) : null,
        Unrecognized = meta.Except("version", "length", "hashes"),
    };
}
