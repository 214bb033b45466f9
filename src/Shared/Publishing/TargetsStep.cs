using TrustService.Editing;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>The uploaded targets roles, read and held against the rules for writing. Their signatures are for the chain to check.</summary>
internal static class TargetsStep
{
    public static Dictionary<RoleName, SignedMetadata<Targets>> Read(
        IMetadataFormat format, PublishedSet? current, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> uploads, PublishRules rules, DateTimeOffset referenceTime)
    {
        var roles = new Dictionary<RoleName, SignedMetadata<Targets>>();
        foreach (var (role, file) in uploads.Where(upload => upload.Key != RoleName.Root && upload.Key != RoleName.Snapshot))
        {
            var targets = UploadReading.Read<Targets>(format, role, file, rules.ClientLimits.MaxListedBytes);
            var published = current?.TargetsVersion(role) ?? 0;
            if (current is not null && targets.Signed.Version <= published)
                throw PublishConflict.Of(role, targets.Signed.Version, current);
            WriteRules.CheckTargets(format, role, targets.Signed, published, referenceTime, rules.Limits);
            roles.Add(role, targets);
        }
        return roles;
    }
}
