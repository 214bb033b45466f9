using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>
/// Tells when a version may be lower than the published one: when no key counts any more that signed the published one, so that every client
/// forgets it. That is how the versions of a thief are given up.
/// </summary>
/// <remarks>Source: TUF 1.0.34 §5.3.11 (recovery from a fast-forward).</remarks>
internal static class VersionReset
{
    /// <summary>True if a targets role may begin anew below its published version.</summary>
    /// <param name="current">What is published.</param>
    /// <param name="root">The next root.</param>
    /// <param name="role">Targets or a delegated role.</param>
    /// <param name="uploaded">The uploaded targets roles.</param>
    public static bool IsAllowed(PublishedSet current, TrustedRoot root, RoleName role, IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> uploaded)
    {
        // Only the holders of root take an honest version back: whoever holds targets alone takes back what no honest publisher reaches.
        if (root == current.Root && current.TargetsVersion(role) <= OnlineVersions.MaxPlausible)
            return false;
        // Clients hold a role against what snapshot said of it, as long as they hold snapshot and timestamp for signed.
        if (root.Format.Rules.ParentsNameVersions && (HoldsTimestamp(current, root) || HoldsSnapshot(current, root)))
            return false;
        if (!current.Targets.TryGetValue(role, out var published))
            return false;
        var file = published.Read();
        if (role == RoleName.Targets)
            return !SignatureThreshold.Count(file, root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[role]).IsMet;
        var delegators = current.Targets.Keys.Union(uploaded.Keys).Select(name => uploaded.TryGetValue(name, out var next) ? next : current.Targets[name].Read());
        return !delegators.Any(delegator => delegator.Signed.Delegations is { } delegations && delegations.KeysOf(role) is { } keys && SignatureThreshold.Count(file, delegations.Keys, keys).IsMet);
    }

    /// <summary>True if clients that follow <paramref name="root"/> keep the published timestamp.</summary>
    public static bool HoldsTimestamp(PublishedSet current, TrustedRoot root) => root == current.Root || root.RecallTimestamp(current.Timestamp.Metadata.File) is not null;

    /// <summary>True if clients that follow <paramref name="root"/> keep the published snapshot.</summary>
    public static bool HoldsSnapshot(PublishedSet current, TrustedRoot root) =>
        root == current.Root || SignatureThreshold.Count(current.Snapshot.Metadata, root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[RoleName.Snapshot]).IsMet;
}
