using Microsoft.Extensions.Caching.Memory;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Server.Stores;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>What repositories publish, read and verified once, so that the next publish need not do it again.</summary>
internal sealed class PublishedSets : IDisposable
{
    /// <summary>Bytes of metadata files that are kept at the most; their parsed form takes several times that.</summary>
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>Bytes that a set costs besides its files.</summary>
    private const long Overhead = 8 * 1024;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    /// <summary>The current set under the lock of <paramref name="transaction"/>; null if nothing was ever published.</summary>
    public async Task<PublishedSet?> ReadAsync(IPublishTransaction transaction, IMetadataFormat format, CancellationToken cancellationToken)
    {
        if (transaction.Repository is not { } repository)
            return null;
        // Every publish and renewal has another timestamp. A version alone is not enough: a database that fell back to a
        // replica may have lost a commit, and have another file of the same version by now.
        if (cache.TryGetValue(repository.Id, out PublishedSet? kept)
            && await transaction.ReadCurrentAsync(RoleName.Timestamp, cancellationToken) is { } timestamp
            && timestamp.Data.Span.SequenceEqual(kept!.Timestamp.Metadata.File.Span))
            return kept;
        var set = await transaction.ReadCurrentSetAsync(cancellationToken);
        return PublishedSet.Recall(format, set!.Files.ToDictionary(file => file.Key, file => file.Value.Data), VerificationLimits.Default);
    }

    /// <summary>Remembers what was just committed.</summary>
    public void Keep(RepositoryRecord repository, PublishedSet set) =>
        cache.Set(repository.Id, set, new MemoryCacheEntryOptions { Size = set.Length + Overhead });

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
