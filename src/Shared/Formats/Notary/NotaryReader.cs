using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Notary;

/// <summary>Bytes of a Notary file into records.</summary>
internal static class NotaryReader
{
    public static SignedMetadata<TRole> Read<TRole>(ReadOnlyMemory<byte> file, int maxBytes)
        where TRole : class, IRole
    {
        var name = NameOf(TRole.Type);
        var envelope = new JsonObjectReader(StrictJson.Parse(file.Span, MetadataLimits.OfFile(TRole.Type, maxBytes)), name.ToLowerInvariant());
        _ = NotaryMembers.Rest(envelope, "signed", "signatures");
        var signed = envelope.Object("signed");
        var found = signed.Text("_type");
        if (found != name)
            throw new TrustException(TrustError.WrongRoleType, $"The file is of type \"{(found.Length <= 24 ? found : found[..24] + "…")}\"; \"{name}\" is needed.");
        NotaryMembers.RequireExactNumbers(signed.Element, signed);
        IRole role = TRole.Type switch
        {
            RoleType.Root => Root(signed),
            RoleType.Timestamp => Timestamp(signed),
            RoleType.Snapshot => Snapshot(signed),
            _ => Targets(signed),
        };
        return new SignedMetadata<TRole>((TRole)role, MemberReading.Signatures(envelope, ReadSignature), CanonicalJson.Encode(signed.Element), file);
    }

    public static string NameOf(RoleType type) => type switch
    {
        RoleType.Root => "Root",
        RoleType.Timestamp => "Timestamp",
        RoleType.Snapshot => "Snapshot",
        _ => "Targets",
    };

    // What cannot be decoded, or is of a method that does not count, stays in the list and never counts itself.
    private static Signature ReadSignature(KeyId id, JsonObjectReader signature)
    {
        var method = NotaryMethod.Parse(signature.Text("method"));
        var value = Base64Text.Decode(signature.Text("sig"));
        if (method == SignatureMethod.Ecdsa && value is not null)
            value = EcdsaPair.ToDer(value);
        return new Signature(id, value, method);
    }

    private static Root Root(JsonObjectReader signed)
    {
        var (names, rest) = MemberReading.KeyNames(signed, NotaryMembers.Rest(signed, "_type", "consistent_snapshot", "expires", "keys", "roles", "version"));
        return new Root
        {
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            ConsistentSnapshot = signed.OptionalBoolean("consistent_snapshot") ?? false,
            Keys = Keys(signed.Object("keys")),
            Roles = MemberReading.TopLevelRoles(signed.Object("roles"), RoleKeys).AsReadOnly(),
            KeyNames = names,
            Unrecognized = rest,
        };
    }

    private static Timestamp Timestamp(JsonObjectReader signed)
    {
        var meta = signed.Object("meta");
        if (meta.Count != 1)
            throw meta.Refuse($"has {meta.Count} entries; snapshot alone is needed");
        return new Timestamp
        {
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            SnapshotMeta = MetaFile(meta.Object("snapshot")),
            Unrecognized = NotaryMembers.Rest(signed, "_type", "expires", "meta", "version"),
        };
    }

    private static Snapshot Snapshot(JsonObjectReader signed)
    {
        var meta = signed.Object("meta");
        MemberReading.RequireFewRoles(meta);
        var files = new Dictionary<RoleName, MetaFile>(meta.Count);
        foreach (var member in meta.Members)
        {
            if (!RoleName.TryParse(member.Name, out var name))
                throw meta.Refuse("has an entry that is not the name of a role");
            files.Add(name, MetaFile(new JsonObjectReader(member.Value, $"{meta.Place}.{member.Name}")));
        }
        if (!files.ContainsKey(RoleName.Root) || !files.ContainsKey(RoleName.Targets))
            throw meta.Refuse("lacks root or targets; both are needed");
        return new Snapshot
        {
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            Meta = files.AsReadOnly(),
            Unrecognized = NotaryMembers.Rest(signed, "_type", "expires", "meta", "version"),
        };
    }

    private static Targets Targets(JsonObjectReader signed)
    {
        var (names, rest) = MemberReading.KeyNames(signed, NotaryMembers.Rest(signed, "_type", "delegations", "expires", "targets", "version"));
        return new Targets
        {
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            TargetFiles = MemberReading.TargetFiles(signed.Object("targets"), TargetFile).AsReadOnly(),
            Delegations = Delegations(signed.Object("delegations")),
            KeyNames = names,
            Unrecognized = rest,
        };
    }

    private static TargetFile TargetFile(JsonObjectReader target) => new()
    {
        Length = target.Integer("length", 0, MetadataLimits.MaxLength),
        Hashes = MemberReading.Hashes(target.Object("hashes"), Base64Text.Decode),
        Custom = target.Optional("custom"),
        Unrecognized = NotaryMembers.Rest(target, "custom", "hashes", "length"),
    };

    private static Delegations Delegations(JsonObjectReader delegations) => new()
    {
        Keys = Keys(delegations.Object("keys")),
        Roles = IsNone(delegations, "roles") ? [] : MemberReading.DelegatedRoles(delegations, DelegatedRole),
        Unrecognized = NotaryMembers.Rest(delegations, "keys", "roles"),
    };

    private static DelegatedRole DelegatedRole(JsonObjectReader role) => new()
    {
        Name = RoleName.ParseDelegated(role.Text("name")),
        RoleKeys = RoleKeys(role),
        // None, absent or null: the role may hold nothing.
        Paths = TextsOrNone(role, "paths"),
        Unrecognized = NotaryMembers.Rest(role, "keyids", "name", "paths", "threshold"),
    };

    private static MetaFile MetaFile(JsonObjectReader meta) => new()
    {
        Length = meta.Integer("length", 0, MetadataLimits.MaxLength),
        Hashes = MemberReading.Hashes(meta.Object("hashes"), Base64Text.Decode),
        Unrecognized = NotaryMembers.Rest(meta, "hashes", "length"),
    };

    private static System.Collections.ObjectModel.ReadOnlyDictionary<KeyId, PublicKey> Keys(JsonObjectReader keys) =>
        MemberReading.Keys(keys, NotaryKey.Read).AsReadOnly();

    private static RoleKeys RoleKeys(JsonObjectReader role) => MemberReading.RoleKeys(role, TextsOrNone(role, "keyids"));

    private static ImmutableArray<string> TextsOrNone(JsonObjectReader reader, string name) => IsNone(reader, name) ? [] : reader.Texts(name);

    // Go writes an empty list as null where it was never filled, or where its last item was taken out.
    private static bool IsNone(JsonObjectReader reader, string name) => reader.Optional(name) is null or { ValueKind: JsonValueKind.Null };
}
