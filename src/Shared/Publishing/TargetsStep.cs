using TrustService.Editing;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>The uploaded targets roles, read and held against the rules for writing. Their signatures are for the chain to check.</summary>
internal static class TargetsStep
{
    public static Dictionary<RoleName, SignedMetadata<Targets>> Read(
        TrustedRoot root, PublishedSet? current, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> uploads, PublishRules rules, DateTimeOffset referenceTime)
    {
        var roles = new Dictionary<RoleName, SignedMetadata<Targets>>();
        foreach (var (role, file) in uploads.Where(upload => upload.Key != RoleName.Root && upload.Key != RoleName.Snapshot))
            roles.Add(role, UploadReading.Read<Targets>(root.Format, role, file, rules.ClientLimits.MaxListedBytes));
        foreach (var (role, targets) in roles)
        {
            var published = current?.TargetsVersion(role) ?? 0;
            if (current is not null && targets.Signed.Version <= published)
            {
                if (targets.Signed.Version == published || !VersionReset.IsAllowed(current, root, role, roles))
                    throw PublishConflict.Of(role, targets.Signed.Version, current);
                published = targets.Signed.Version - 1;
            }
            WriteRules.CheckTargets(root.Format, role, targets.Signed, published, referenceTime, rules.Limits);
        }
        return roles;
    }
}
