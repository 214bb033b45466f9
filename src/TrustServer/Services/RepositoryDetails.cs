using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Contracts;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Stores;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>Describes repositories to whoever may read them: what takes time to find out is found out once for each publish, and hash bins are left out.</summary>
/// <param name="store">The files.</param>
/// <param name="keys">The server's keys.</param>
/// <param name="time">Clock for what was used least recently.</param>
internal sealed class RepositoryDetails(IMetadataStore store, IOnlineKeys keys, TimeProvider time)
{
    private const int MaxRepositories = 1024;
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of memory that a role takes, about.</summary>
    private const int RoleOverhead = 400;

    // A record that differs in nothing, not even in the time of the last publish, is that of the same files.
    private readonly BoundedCache<RepositoryRecord, TargetsListing> listings = new(MaxRepositories, MaxBytes, listing => (listing.Roles.Count + 1) * RoleOverhead);

    /// <summary>A repository, or null if nothing was ever published to it.</summary>
    public async Task<RepositoryDetail?> FindAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(repository, cancellationToken) is not { } record)
            return null;
        if (!listings.TryGet(record, time.GetTimestamp(), out var listing))
        {
            listing = await ReadBinsAsync(record, cancellationToken);
            if (listing is null)
            {
                if (await store.ReadCurrentSetAsync(repository, cancellationToken) is not { } set)
                    return null;
                (record, listing) = (set.Repository, TargetsListing.Of(set));
            }
            listings.Set(record, listing, time.GetTimestamp());
        }
        return RepositoryDetail.Of(record, listing, await keys.FindActiveAsync(repository, RoleName.Timestamp, cancellationToken) is null);
    }

    // Null if there are none, so that everything has to be read.
    private async Task<TargetsListing?> ReadBinsAsync(RepositoryRecord record, CancellationToken cancellationToken)
    {
        // Without that word there are none, and one cheap look saves the rest.
        if (await store.ReadAsync(record.Name, RoleName.Targets, record.Targets.Version, cancellationToken) is not { } targets || targets.Data.Span.IndexOf("\"succinct_roles\""u8) < 0)
            return null;
        var read = MetadataFormats.Find(record.Format).Read<Targets>(targets.Data, VerificationLimits.Default.MaxListedBytes).Signed;
        return read.Delegations?.Succinct is null ? null : TargetsListing.OfBins(read);
    }
}
