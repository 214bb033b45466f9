using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats;

/// <summary>Members that all formats have, with the limits that hold for all.</summary>
internal static class MemberReading
{
    public static long Version(JsonObjectReader signed) => signed.Integer("version", 1, MetadataLimits.MaxVersion);

    public static DateTimeOffset Expires(JsonObjectReader signed) =>
        MetadataTime.TryParse(signed.Text("expires"), out var time) ? time : throw signed.Refuse("has an expiry that is no date; YYYY-MM-DDTHH:MM:SSZ is needed");

    /// <summary>Reads the names of key holders out of the members that no format defines; what is no such member stays among them.</summary>
    public static (IReadOnlyDictionary<KeyId, string> Names, UnrecognizedMembers Others) KeyNames(JsonObjectReader signed, UnrecognizedMembers rest) =>
        signed.Optional(Metadata.KeyNames.Member) is { } member && Metadata.KeyNames.TryRead(member) is { } names
            ? (names, rest.Without(Metadata.KeyNames.Member))
            : (Metadata.KeyNames.None, rest);

    /// <summary>Reads the signatures; each key may be listed once.</summary>
    public static ImmutableArray<Signature> Signatures(JsonObjectReader envelope, Func<KeyId, JsonObjectReader, Signature> read)
    {
        var list = envelope.Array("signatures");
        if (list.GetArrayLength() > MetadataLimits.MaxSignatures)
            throw new TrustException(TrustError.TooLarge, $"{envelope.Place} has {list.GetArrayLength()} signatures; at most {MetadataLimits.MaxSignatures} are read.");
        var signatures = ImmutableArray.CreateBuilder<Signature>(list.GetArrayLength());
        var seen = new HashSet<KeyId>();
        foreach (var item in list.EnumerateArray())
        {
            var signature = new JsonObjectReader(item, $"{envelope.Place}.signatures[{signatures.Count}]");
            var id = new KeyId(signature.Text("keyid"));
            if (!seen.Add(id))
                throw new TrustException(TrustError.DuplicateSignature, $"{envelope.Place} lists two signatures of key {id.Short}; each key may sign once.");
            signatures.Add(read(id, signature));
        }
        return signatures.MoveToImmutable();
    }

    /// <summary>Reads the keys of a file by their id.</summary>
    public static Dictionary<KeyId, PublicKey> Keys(JsonObjectReader keys, Func<KeyId, JsonObjectReader, PublicKey> read)
    {
        if (keys.Count > MetadataLimits.MaxKeys)
            throw new TrustException(TrustError.TooLarge, $"{keys.Place} has {keys.Count} entries; at most {MetadataLimits.MaxKeys} are read.");
        var found = new Dictionary<KeyId, PublicKey>(keys.Count);
        foreach (var member in keys.Members)
        {
            var id = new KeyId(member.Name);
            found.Add(id, read(id, new JsonObjectReader(member.Value, $"{keys.Place}.{id.Short}")));
        }
        return found;
    }

    /// <summary>Reads the roles of a root; the four that clients need must be there.</summary>
    public static Dictionary<RoleName, RoleKeys> TopLevelRoles(JsonObjectReader listed, Func<JsonObjectReader, RoleKeys> read)
    {
        var roles = new Dictionary<RoleName, RoleKeys>();
        foreach (var member in listed.Members)
        {
            if (!RoleName.TryParse(member.Name, out var name))
                throw listed.Refuse("has a member that is not a role name");
            var role = new JsonObjectReader(member.Value, $"{listed.Place}.{name}");
            roles.Add(name, read(role) with { Unrecognized = role.Except("keyids", "threshold") });
        }
        foreach (var needed in (RoleName[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            if (!roles.ContainsKey(needed))
                throw listed.Refuse($"lacks {needed}; root, timestamp, snapshot and targets are needed");
        }
        return roles;
    }

    /// <summary>Reads keyids and threshold; an id that is listed again is the same id.</summary>
    public static RoleKeys RoleKeys(JsonObjectReader role) => RoleKeys(role, role.Texts("keyids"));

    /// <summary>Reads the threshold for keyids that were read already.</summary>
    public static RoleKeys RoleKeys(JsonObjectReader role, ImmutableArray<string> keyIds) => new()
    {
        KeyIds = [.. keyIds.Select(text => new KeyId(text)).Distinct()],
        Threshold = (int)role.Integer("threshold", 1, Metadata.RoleKeys.MaxThreshold),
    };

    /// <summary>Refuses a snapshot that lists more roles than are read.</summary>
    public static void RequireFewRoles(JsonObjectReader meta)
    {
        if (meta.Count > MetadataLimits.MaxSnapshotRoles)
            throw new TrustException(TrustError.TooLarge, $"{meta.Place} has {meta.Count} entries; at most {MetadataLimits.MaxSnapshotRoles} are read.");
    }

    /// <summary>Reads the hashes of a listed file; what cannot be decoded is kept as an empty value.</summary>
    public static FileHashes Hashes(JsonObjectReader hashes, Func<string, byte[]?> decode)
    {
        if (hashes.Count is 0 or > MetadataLimits.MaxHashes)
            throw hashes.Refuse($"has {hashes.Count} entries; 1 to {MetadataLimits.MaxHashes} are needed");
        var values = ImmutableArray.CreateBuilder<FileHash>(hashes.Count);
        foreach (var member in hashes.Members)
        {
            if (member.Value.ValueKind != System.Text.Json.JsonValueKind.String)
                throw hashes.Refuse($"has a value for \"{member.Name}\" that is not a string");
            values.Add(new FileHash(member.NameEquals(FileHashes.Sha256Name) ? FileHashes.Sha256Name : member.Name, decode(member.Value.GetString()!)));
        }
        return new FileHashes(values.MoveToImmutable());
    }

    /// <summary>Reads the targets by their path.</summary>
    public static Dictionary<string, TargetFile> TargetFiles(JsonObjectReader targets, Func<JsonObjectReader, TargetFile> read)
    {
        var files = new Dictionary<string, TargetFile>(targets.Count, StringComparer.Ordinal);
        foreach (var member in targets.Members)
        {
            var name = member.Name;
            if (name.Length is 0 or > MetadataLimits.MaxTargetPathLength)
                throw new TrustException(TrustError.InvalidTargetPath, $"A target path has {name.Length} characters; 1 to {MetadataLimits.MaxTargetPathLength} are allowed.");
            if (name.Any(char.IsControl))
                throw new TrustException(TrustError.InvalidTargetPath, "A target path holds a control character.");
            files.Add(name, read(new JsonObjectReader(member.Value, "target", name)));
        }
        return files;
    }

    /// <summary>Reads the delegated roles; each name may be listed once.</summary>
    public static ImmutableArray<DelegatedRole> DelegatedRoles(JsonObjectReader delegations, Func<JsonObjectReader, DelegatedRole> read)
    {
        var list = delegations.Array("roles");
        if (list.GetArrayLength() > MetadataLimits.MaxDelegatedRoles)
            throw new TrustException(TrustError.TooLarge, $"{delegations.Place} has {list.GetArrayLength()} roles; at most {MetadataLimits.MaxDelegatedRoles} are read.");
        var roles = ImmutableArray.CreateBuilder<DelegatedRole>(list.GetArrayLength());
        var names = new HashSet<RoleName>();
        foreach (var item in list.EnumerateArray())
        {
            var role = read(new JsonObjectReader(item, $"{delegations.Place}.roles[{roles.Count}]"));
            if (!names.Add(role.Name))
                throw delegations.Refuse($"lists the role {role.Name} twice");
            roles.Add(role);
        }
        return roles.MoveToImmutable();
    }
}
