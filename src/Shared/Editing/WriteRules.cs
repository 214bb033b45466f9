using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Editing;

/// <summary>
/// What must hold for metadata that is written, beyond what the chain verifies: nothing that a client could not read, that
/// would lock clients out, or that two clients could read differently.
/// </summary>
public static class WriteRules
{
    // Digits of a whole SHA-256.
    private const int MaxHashPrefixLength = 64;

    /// <summary>Checks a root that is to be published.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static void CheckRoot(IMetadataFormat format, Root root, DateTimeOffset referenceTime, WriteLimits limits)
    {
        CheckExpiry(RoleName.Root, root, referenceTime, limits);
        if (!root.ConsistentSnapshot && format.Rules.ParentsNameVersions)
            throw new TrustException(TrustError.IncompleteRoot, "The root says consistent_snapshot false; this server publishes consistent snapshots only, true is needed.") { Role = "root" };
        CheckKeys(format, "root", root.Keys, limits);
        foreach (var (name, role) in root.Roles)
            CheckRoleKeys(RoleName.Root, name.Value, role, root.Keys);
    }

    /// <summary>Checks a targets role that is to be published.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="name">The role.</param>
    /// <param name="targets">The new version.</param>
    /// <param name="publishedVersion">The version that is published now, or 0.</param>
    /// <param name="referenceTime">The time of the check, UTC.</param>
    /// <param name="limits">Limits.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static void CheckTargets(IMetadataFormat format, RoleName name, Targets targets, long publishedVersion, DateTimeOffset referenceTime, WriteLimits limits)
    {
        CheckVersionJump(name, targets.Version, publishedVersion, limits);
        CheckExpiry(name, targets, referenceTime, limits);
        if (targets.TargetFiles.Count > limits.MaxTargets)
            throw new TrustException(TrustError.TooLarge, $"{name} has {targets.TargetFiles.Count} targets; at most {limits.MaxTargets} are allowed. Delegate some of them.") { Role = name.Value };
        foreach (var (path, target) in targets.TargetFiles)
            CheckTarget(format, name, path, target);
        if (targets.Delegations is { } delegations)
            CheckDelegations(format, name, delegations, limits);
    }

    /// <summary>Checks a snapshot that its owner signed and that is to be published.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static void CheckSnapshot(Snapshot snapshot, long publishedVersion, DateTimeOffset referenceTime, WriteLimits limits)
    {
        CheckVersionJump(RoleName.Snapshot, snapshot.Version, publishedVersion, limits);
        CheckExpiry(RoleName.Snapshot, snapshot, referenceTime, limits);
    }

    /// <summary>Refuses a version that is lower than, or too far ahead of, the published one.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.VersionRollback"/> or <see cref="TrustError.VersionJump"/>.</exception>
    public static void CheckVersionJump(RoleName name, long version, long publishedVersion, WriteLimits limits)
    {
        if (version < publishedVersion)
            throw new TrustException(TrustError.VersionRollback, $"{name} has version {version}, but version {publishedVersion} is published; {publishedVersion + 1} is next.") { Role = name.Value };
        if (version - publishedVersion > limits.MaxVersionJump)
            throw new TrustException(TrustError.VersionJump, $"{name} has version {version}, but version {publishedVersion} is published; at most {publishedVersion + limits.MaxVersionJump} is accepted, {publishedVersion + 1} is next.") { Role = name.Value };
    }

    private static void CheckExpiry<TRole>(RoleName name, TRole role, DateTimeOffset referenceTime, WriteLimits limits)
        where TRole : class, IRole
    {
        if (role.Expires <= referenceTime)
            throw new TrustException(TrustError.Expired, $"{name} {role.Version} expires at {role.Expires:u}, which is not in the future.") { Role = name.Value };
        if (role.Expires - referenceTime > limits.MaxLifetime)
            throw new TrustException(TrustError.ExpiryTooFar, $"{name} {role.Version} expires at {role.Expires:u}; at most {limits.MaxLifetime.TotalDays:0} days ahead are allowed.") { Role = name.Value };
    }

    private static void CheckTarget(IMetadataFormat format, RoleName name, string path, TargetFile target)
    {
        if (!format.Rules.MayWriteTargetPath(path))
            throw new TrustException(TrustError.InvalidTargetPath, $"{name} lists a target path that clients would read differently; letters, digits and . _ - : @ + are allowed, in parts separated by single slashes that do not begin with a dot.") { Role = name.Value };
        if (!format.Rules.TargetsAreImages)
        {
            if (target.Hashes.Sha256 is not { Length: 32 } && target.Hashes.Find(FileHashes.Sha512Name) is not { Length: 64 })
                throw new TrustException(TrustError.NoSupportedHash, $"Target \"{path}\" of {name} has no sha256 of 32 bytes and no sha512 of 64.") { Role = name.Value };
            return;
        }
        if (target.Hashes.Sha256 is not { Length: 32 } sha256)
            throw new TrustException(TrustError.NoSupportedHash, $"Target \"{path}\" of {name} has no sha256 of 64 hex digits.") { Role = name.Value };
        if (target.Length == 0)
            throw new TrustException(TrustError.LengthMismatch, $"Target \"{path}\" of {name} has length 0; the manifest of an image has at least 2 bytes.") { Role = name.Value };
        if (TargetNames.DigestOf(path) is { } digest && digest.Hex != Json.Hex.Encode(sha256.Span))
            throw new TrustException(TrustError.HashMismatch, $"Target \"{path}\" of {name} is named by a digest, but its hash is another one.") { Role = name.Value };
    }

    private static void CheckDelegations(IMetadataFormat format, RoleName name, Delegations delegations, WriteLimits limits)
    {
        CheckKeys(format, name.Value, delegations.Keys, limits);
        if (delegations.Roles.Length > limits.MaxDelegatedRoles)
            throw new TrustException(TrustError.TooLarge, $"{name} delegates to {delegations.Roles.Length} roles; at most {limits.MaxDelegatedRoles} are allowed.") { Role = name.Value };
        foreach (var role in delegations.Roles)
        {
            if (!format.Rules.MayWriteRoleName(role.Name))
                throw new TrustException(TrustError.InvalidRoleName, $"{name} delegates to a role whose name is not safe in every file system and URL: \"{role.Name}\".") { Role = name.Value };
            if (!format.Rules.MayDelegate(name, role.Name))
                throw new TrustException(TrustError.InvalidRoleName, $"{name} cannot delegate to {role.Name}; a delegated role is named {name}/NAME.") { Role = name.Value };
            if (role.RoleKeys.KeyIds.Length > 0 || !format.Rules.MayDelegateToNobody)
                CheckRoleKeys(name, role.Name.Value, role.RoleKeys, delegations.Keys);
            if (role.PathHashPrefixes?.Any(prefix => prefix.Length is 0 or > MaxHashPrefixLength || !Json.Hex.IsLower(prefix, prefix.Length)) == true)
                throw new TrustException(TrustError.InvalidTargetPath, $"{name} delegates a hash prefix to {role.Name} that no hash begins with; 1 to {MaxHashPrefixLength} lower-case hexadecimal digits are needed.") { Role = name.Value };
            foreach (var pattern in role.Paths ?? [])
            {
                if (!format.Rules.MayWritePathPattern(pattern))
                    throw new TrustException(TrustError.InvalidTargetPath, $"{name} delegates a path pattern to {role.Name} that clients read differently; characters of target paths, * and ? are allowed.") { Role = name.Value };
            }
        }
        if (delegations.Succinct is { } bins)
            CheckBins(format, name, bins, delegations.Keys);
    }

    private static void CheckBins(IMetadataFormat format, RoleName name, SuccinctRoles bins, IReadOnlyDictionary<KeyId, PublicKey> keys)
    {
        // Below another role they would end the search of every path that leads to it, and all of them would have to exist there as well.
        if (name != RoleName.Targets)
            throw new TrustException(TrustError.InvalidRoleName, $"{name} delegates to hash bins; targets alone may do that.") { Role = name.Value };
        if (bins.Count > HashBins.Max)
            throw new TrustException(TrustError.TooLarge, $"{name} delegates to {bins.Count} hash bins; at most {HashBins.Max} are allowed.") { Role = name.Value };
        if (!format.Rules.MayWriteRoleName(bins.NameOf(0)))
            throw new TrustException(TrustError.InvalidRoleName, $"{name} delegates to hash bins whose names are not safe in every file system and URL: \"{bins.NameOf(0)}\".") { Role = name.Value };
        CheckRoleKeys(name, bins.NamePrefix, bins.RoleKeys, keys);
    }

    private static void CheckKeys(IMetadataFormat format, string place, IReadOnlyDictionary<KeyId, PublicKey> keys, WriteLimits limits)
    {
        if (keys.Count > limits.MaxKeys)
            throw new TrustException(TrustError.TooLarge, $"{place} lists {keys.Count} keys; at most {limits.MaxKeys} are allowed.") { Role = place };
        foreach (var (id, key) in keys)
        {
            if (!key.IsUsable)
                throw new TrustException(TrustError.UnacceptableKey, $"Key {id.Short} of {place} cannot be used: ECDSA P-256 or P-384, RSA of {Keys.KeyMaterial.MinRsaBits} bits or more, or Ed25519 is needed.") { Role = place };
            if (format.ComputeKeyId(key.Source) is var computed && computed != id)
                throw new TrustException(TrustError.UnacceptableKey, $"Key {id.Short} of {place} is listed under an id that is not its own; {computed.Value} is.") { Role = place };
        }
    }

    private static void CheckRoleKeys(RoleName delegator, string role, RoleKeys roleKeys, IReadOnlyDictionary<KeyId, PublicKey> keys)
    {
        var different = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in roleKeys.KeyIds)
        {
            if (!keys.TryGetValue(id, out var key))
                throw new TrustException(TrustError.IncompleteRoot, $"Role {role} lists key {id.Short}, which the file does not contain.") { Role = delegator.Value };
            different.Add(key.Fingerprint);
        }
        if (roleKeys.Threshold > different.Count)
            throw new TrustException(TrustError.MalformedMetadata, $"Role {role} needs {roleKeys.Threshold} signatures but has {different.Count} different keys: nobody could ever sign it.") { Role = delegator.Value };
    }
}
