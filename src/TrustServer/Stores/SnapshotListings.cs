using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Server.Stores;

/// <summary>What Notary snapshots list, so that a question for one role does not read a whole snapshot each time.</summary>
/// <param name="time">Clock for what was used least recently.</param>
internal sealed class SnapshotListings(TimeProvider time)
{
    private const int MaxSnapshots = 1024;
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Bytes of memory that a role takes, about.</summary>
    private const int RoleOverhead = 400;

    // By what they are, so that no publish has to tell anything.
    private readonly BoundedCache<string, Dictionary<string, string>> listings = new(MaxSnapshots, MaxBytes, listed => (listed.Count + 1) * RoleOverhead);

    /// <summary>SHA-256 of the file that a snapshot lists for a role (64 lower-case hexadecimal digits), or null if it lists none.</summary>
    public string? Find(StoredFile snapshot, RoleName role)
    {
        var now = time.GetTimestamp();
        if (!listings.TryGet(snapshot.Sha256, now, out var listed))
        {
            listed = Read(snapshot);
            listings.Set(snapshot.Sha256, listed, now);
        }
        return listed.GetValueOrDefault(role.Value);
    }

    private static Dictionary<string, string> Read(StoredFile snapshot)
    {
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, file) in NotaryFormat.Instance.Read<Snapshot>(snapshot.Data, VerificationLimits.Default.MaxListedSnapshotBytes).Signed.Meta)
        {
            if (file.Hashes?.Sha256 is { } sha256)
                listed[role.Value] = Hex.Encode(sha256.Span);
        }
        return listed;
    }
}
