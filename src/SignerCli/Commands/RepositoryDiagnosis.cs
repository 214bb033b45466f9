using System.Collections.Immutable;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Looks for what only an owner can repair: versions of a thief, and a server that went back.</summary>
internal static class RepositoryDiagnosis
{
    private static readonly RoleName[] OnlineRoles = [RoleName.Timestamp, RoleName.Snapshot];

    /// <summary>What is wrong, the roles that the server signs first.</summary>
    public static ImmutableArray<Finding> Of(OwnerReading current)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var role in OnlineRoles.Append(RoleName.Targets).Concat(current.Delegated.Select(reading => reading.Role)))
        {
            var (published, remembered) = (current.PublishedVersion(role), RememberedVersion(current, role));
            if (published > OnlineVersions.MaxPlausible)
                findings.Add(new Finding(FindingKind.FastForward, role, $"The server publishes {role} {published}: no honest publisher comes that far. Clients that saw it refuse every lower version."));
            else if (remembered > OnlineVersions.MaxPlausible)
                findings.Add(new Finding(FindingKind.FastForward, role, $"This machine has seen {role} {remembered}, validly signed: no honest publisher comes that far. The server publishes {role} {published}, which it refuses, as every client does that saw the other one."));
            else if (remembered > published)
                findings.Add(new Finding(FindingKind.WentBack, role, $"The server publishes {role} {published}, and this machine has seen {role} {remembered}: the server went back."));
        }
        return findings.ToImmutable();
    }

    // What a parent said of a version counts as much as the file itself: clients hold later ones against it.
    private static long RememberedVersion(OwnerReading current, RoleName role)
    {
        var versions = new List<long> { current.Remembered.GetValueOrDefault(role)?.Version ?? 0 };
        if (role == RoleName.Snapshot && current.Remembered.TryGetValue(RoleName.Timestamp, out var timestamp))
            versions.Add(current.Root.RecallTimestamp(timestamp.File)?.SnapshotVersion ?? 0);
        if (!OnlineRoles.Contains(role) && current.Remembered.TryGetValue(RoleName.Snapshot, out var snapshot))
            versions.Add(current.Top.Snapshot.Timestamp.RecallSnapshot(snapshot.File)?.Metadata.Signed.Meta.GetValueOrDefault(role)?.Version ?? 0);
        return versions.Max();
    }
}
