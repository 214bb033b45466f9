using System.Collections.Immutable;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>What the store is to add for a candidate.</summary>
internal static class Publications
{
    /// <summary>The publication of a candidate.</summary>
    public static Publication Of(CandidateSet candidate, IMetadataFormat format, ChangeKind kind, string? actor, string summary, ImmutableArray<string>? rootOnlineKeys) => new()
    {
        Files = [.. candidate.NewFiles.Select(file => new NewFile(file.Role, file.Version, file.Expires, file.Data))],
        Format = format.Name,
        Kind = kind,
        Actor = actor,
        Summary = summary,
        RootOnlineKeys = rootOnlineKeys,
        ResetRoles = candidate.ResetRoles,
        LeftOut = candidate.LeftOut,
    };

    /// <summary>Fingerprints of the keys that a root lists for snapshot and timestamp.</summary>
    public static ImmutableArray<string> OnlineKeysOf(Root root) =>
        [.. FingerprintsOf(root, RoleName.Snapshot).Union(FingerprintsOf(root, RoleName.Timestamp))];

    /// <summary>Fingerprints of the keys that a root lists for a role.</summary>
    public static ImmutableArray<string> FingerprintsOf(Root root, RoleName role) =>
        [.. root.Roles[role].KeyIds.Where(root.Keys.ContainsKey).Select(id => root.Keys[id].Fingerprint)];
}
