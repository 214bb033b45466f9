using System.Collections.Immutable;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Formats.Tuf;

/// <summary>The signed part of targets and delegated roles. Source: TUF 1.0.34 §4.5.</summary>
internal static class TufTargetsReader
{
    // Not of TUF: an extra member of a delegated role.
    public const string OneTimeKeysMember = "x-one-time-keys";

    public static Targets Targets(JsonObjectReader signed)
    {
        var (names, rest) = MemberReading.KeyNames(signed, signed.Except(TufRoleReader.RepositoryMember, "_type", "spec_version", "version", "expires", "targets", "delegations"));
        return new Targets
        {
            SpecVersion = signed.Text("spec_version"),
            Version = MemberReading.Version(signed),
            Expires = MemberReading.Expires(signed),
            TargetFiles = MemberReading.TargetFiles(signed.Object("targets"), TargetFile).AsReadOnly(),
            Delegations = signed.OptionalObject("delegations") is { } delegations ? ReadDelegations(delegations) : null,
            Repository = TufRoleReader.Repository(signed),
            KeyNames = names,
            Unrecognized = rest,
        };
    }

    private static TargetFile TargetFile(JsonObjectReader target)
    {
        var custom = target.Optional("custom");
        if (custom is { ValueKind: not JsonValueKind.Object })
            throw target.Refuse("has custom data that is not an object");
        return new TargetFile
        {
            Length = target.Integer("length", 0, MetadataLimits.MaxLength),
            Hashes = TufRoleReader.Hashes(target.Object("hashes")),
            Custom = custom,
            Unrecognized = target.Except("length", "hashes", "custom"),
        };
    }

    private static Delegations ReadDelegations(JsonObjectReader delegations)
    {
        var roles = delegations.Optional("roles");
        var succinct = delegations.OptionalObject("succinct_roles");
        if (roles is null == succinct is null)
            throw delegations.Refuse("needs either roles or succinct_roles");
        return new Delegations
        {
            Keys = TufRoleReader.Keys(delegations.Object("keys")).AsReadOnly(),
            Roles = roles is null ? [] : MemberReading.DelegatedRoles(delegations, Role),
            Succinct = succinct is { } bins ? ReadSuccinct(bins) : null,
            Unrecognized = delegations.Except("keys", "roles", "succinct_roles"),
        };
    }

    private static DelegatedRole Role(JsonObjectReader role)
    {
        var paths = role.OptionalTexts("paths");
        var prefixes = role.OptionalTexts("path_hash_prefixes");
        if (paths is not null && prefixes is not null)
            throw role.Refuse("has both paths and path_hash_prefixes; one of them is allowed");
        var oneTime = OneTimeKeys(role);
        return new DelegatedRole
        {
            Name = RoleName.ParseDelegated(role.Text("name")),
            RoleKeys = MemberReading.RoleKeys(role),
            Paths = paths,
            PathHashPrefixes = prefixes,
            Terminating = role.OptionalBoolean("terminating") ?? throw role.Refuse("has no member \"terminating\""),
            OneTimeKeys = oneTime,
            Unrecognized = role.Except("name", "keyids", "threshold", "paths", "path_hash_prefixes", "terminating", oneTime.IsEmpty ? "name" : OneTimeKeysMember),
        };
    }

    // Whatever else others may write under that name is kept as an unknown member.
    private static ImmutableArray<KeyId> OneTimeKeys(JsonObjectReader role) =>
        role.Optional(OneTimeKeysMember) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => new KeyId(item.GetString()!)).Distinct()]
            : [];

    private static SuccinctRoles ReadSuccinct(JsonObjectReader bins)
    {
        var succinct = new SuccinctRoles
        {
            RoleKeys = MemberReading.RoleKeys(bins),
            BitLength = (int)bins.Integer("bit_length", 1, 32),
            NamePrefix = bins.Text("name_prefix"),
            Unrecognized = bins.Except("keyids", "threshold", "bit_length", "name_prefix"),
        };
        // All names are as long as the first; one that cannot be is refused here, not in the middle of a search.
        _ = succinct.NameOf(0);
        return succinct;
    }
}
