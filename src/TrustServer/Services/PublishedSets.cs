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

    /// <summary>Roles that are read one by one at the most; a publish of more reads everything at once.</summary>
    private const int MaxSingleReads = 16;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    /// <summary>The current set under the lock of <paramref name="transaction"/>; null if nothing was ever published.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="format">The repository's format.</param>
    /// <param name="uploads">What is to be published on top, none for a renewal: of hash bins, the files of these roles alone are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<PublishedSet?> ReadAsync(IPublishTransaction transaction, IMetadataFormat format, IReadOnlyList<UploadedFile> uploads, CancellationToken cancellationToken)
    {
        if (transaction.Repository is not { } repository)
            return null;
        var core = await FindKeptAsync(transaction, repository, cancellationToken) ?? await ReadWithoutBinsAsync(transaction, format, cancellationToken);
        if (core is null || (core.Bins is not null && !(uploads.Count <= MaxSingleReads && core.IsChangeOfBinsAlone(uploads))))
            return await ReadWholeAsync(transaction, format, cancellationToken);
        if (core.Bins is null || uploads.Count == 0)
            return core;
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>>();
        foreach (var upload in uploads)
        {
            if (await transaction.ReadCurrentAsync(upload.Role, cancellationToken) is { } file)
                files[upload.Role] = file.Data;
        }
        return core.With(files);
    }

    /// <summary>The whole current set under the lock of <paramref name="transaction"/>; null if nothing was ever published.</summary>
    public static async Task<PublishedSet?> ReadWholeAsync(IPublishTransaction transaction, IMetadataFormat format, CancellationToken cancellationToken) =>
        await transaction.ReadCurrentSetAsync(cancellationToken) is { } set ? Recall(format, set.Files.Values) : null;

    /// <summary>Remembers what was just committed.</summary>
    public void Keep(RepositoryRecord repository, PublishedSet set) =>
        Keep(repository.Id, set.WithoutBins());

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();

    // Every publish and renewal has another timestamp. A version alone is not enough: a database that fell back to a
    // replica may have lost a commit, and have another file of the same version by now.
    private async Task<PublishedSet?> FindKeptAsync(IPublishTransaction transaction, RepositoryRecord repository, CancellationToken cancellationToken) =>
        cache.TryGetValue(repository.Id, out PublishedSet? kept)
        && await transaction.ReadCurrentAsync(RoleName.Timestamp, cancellationToken) is { } timestamp
        && timestamp.Data.Span.SequenceEqual(kept!.Timestamp.Metadata.File.Span)
            ? kept
            : null;

    // Null if the repository has no bins, so that everything has to be read.
    private static async Task<PublishedSet?> ReadWithoutBinsAsync(IPublishTransaction transaction, IMetadataFormat format, CancellationToken cancellationToken)
    {
        // Without that word there are none, and one cheap look saves the rest.
        if (await transaction.ReadCurrentAsync(RoleName.Targets, cancellationToken) is not { } targets || targets.Data.Span.IndexOf("\"succinct_roles\""u8) < 0)
            return null;
        var files = new List<StoredFile> { targets };
        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot])
        {
            if (await transaction.ReadCurrentAsync(role, cancellationToken) is { } file)
                files.Add(file);
        }
        var set = Recall(format, files);
        return set.Bins is null ? null : set;
    }

    private static PublishedSet Recall(IMetadataFormat format, IEnumerable<StoredFile> files) =>
        PublishedSet.Recall(format, files.ToDictionary(file => file.Role, file => file.Data), VerificationLimits.Default);

    private void Keep(long repository, PublishedSet set) => cache.Set(repository, set, new MemoryCacheEntryOptions { Size = set.Length + Overhead });
}
