using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>Publishes: one holder of the repository's lock verifies, signs and commits, all of it or nothing.</summary>
internal sealed class PublishService(
    IMetadataStore store, CurrentMetadataCache cache, IOnlineKeys keys, PublishedSets sets, OperatorRules rules, RestoreGuard guard, TrustMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>How far the clocks of two servers may differ.</summary>
    private static readonly TimeSpan MaxClockLag = TimeSpan.FromMinutes(5);

    /// <summary>Files that one line of the log names.</summary>
    private const int MaxLoggedFiles = 16;

    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <summary>Publishes uploaded files with a new snapshot and timestamp. The same files again change nothing.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="format">The format that it has or is to have.</param>
    /// <param name="uploads">The files, one for each role at the most.</param>
    /// <param name="actor">Who publishes, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The current version of every role.</returns>
    /// <exception cref="TrustException">A coded refusal; what is published stays as it is.</exception>
    public async Task<IReadOnlyDictionary<string, long>> PublishAsync(
        RepositoryName repository, IMetadataFormat format, IReadOnlyList<UploadedFile> uploads, string? actor, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            var candidate = await CommitAsync(repository, format, uploads, actor, cancellationToken);
            var versions = candidate.Versions();
            TrustMetrics.Add(metrics.Publishes, candidate.IsUnchanged ? "unchanged" : "published");
            if (!candidate.IsUnchanged)
                Log.Published(log, repository.Value, Describe(candidate.NewFiles), (long)time.GetElapsedTime(start).TotalMilliseconds);
            return versions;
        }
        catch (TrustException e)
        {
            TrustMetrics.Add(metrics.Publishes, e.Info.Code);
            if (e.Error == TrustError.PrivateKeyInMetadata)
                Log.PrivateKeyUploaded(log, repository.Value, e.Message);
            else
                Log.Refused(log, repository.Value, e.Info.Code, e.Message);
            if (e.Error == TrustError.PublishConflict)
            {
                // The loser reads again at once, and must not be given what another server has replaced meanwhile.
                cache.Forget(repository);
                if (e.Versions is null)
                    throw await WithVersionsAsync(e, repository, cancellationToken);
            }
            throw;
        }
    }

    /// <summary>Signs timestamp, and snapshot if it is due, with later expiries.</summary>
    /// <returns>The repository as it is now; null if nothing is due any more, because another server was first, or if nothing is signed here.</returns>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<RepositoryRecord?> RenewAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        guard.Require();
        await using var transaction = await store.BeginPublishAsync(repository, [], cancellationToken);
        var now = time.GetUtcNow();
        if (transaction.Repository is not { } record || !rules.IsDue(record, now))
            return null;
        var format = MetadataFormats.Find(record.Format);
        var current = await sets.ReadAsync(transaction, format, [], cancellationToken);
        CheckClock(current!, now);
        var signers = await FindSignersAsync(repository, current!.Root.Metadata.Signed, current, cancellationToken);
        // Taken over as it was, and said at the import: an alarm every hour would hide the ones that matter.
        if (signers.Timestamp.IsEmpty && await keys.FindActiveAsync(repository, RoleName.Timestamp, cancellationToken) is null)
            return null;
        // Where the owner holds the snapshot key, only the timestamp is ours, and under an expired snapshot it would help nobody.
        var isOwnersSnapshot = format.Rules.MaySnapshotBeUploaded && signers.Find(current.Root.Metadata.Signed, RoleName.Snapshot) is null;
        if (isOwnersSnapshot && (!rules.IsTimestampDue(record, now) || record.Snapshot.Expires <= now))
            return null;
        var candidate = CandidateSet.OfRenewal(current, rules.IsSnapshotDue(record, now) || record.OwedVersions > 0, signers, rules.Publish, now, record.OwedVersions);
        var renewed = await transaction.CommitAsync(Publications.Of(candidate, format, ChangeKind.Renew, actor: null, ChangeSummary.Of(current, candidate), rootOnlineKeys: null), cancellationToken);
        sets.Keep(renewed, candidate.Set);
        return renewed;
    }

    private async Task<CandidateSet> CommitAsync(RepositoryName repository, IMetadataFormat format, IReadOnlyList<UploadedFile> uploads, string? actor, CancellationToken cancellationToken)
    {
        guard.Require();
        await using var transaction = await store.BeginPublishAsync(repository, [], cancellationToken);
        if (transaction.Repository is { } record)
            RepositoryFormat.Require(record, format);
        var current = await sets.ReadAsync(transaction, format, uploads, cancellationToken);
        var now = time.GetUtcNow();
        if (current is not null)
            CheckClock(current, now);
        var signers = await FindSignersAsync(repository, NextRoot(format, current, uploads), current, cancellationToken);
        var candidate = CandidateSet.OfUploads(format, current, uploads, signers, rules.Publish, now, await PlausibleAsync(transaction, cancellationToken), transaction.Repository?.OwedVersions ?? 0);
        candidate.Set.Root.RequireRepository(repository, now);
        if (candidate.IsUnchanged)
            return candidate;
        var isNewRoot = candidate.NewFiles.Any(file => file.Role == RoleName.Root);
        var publication = Publications.Of(candidate, format, ChangeKind.Publish, actor, ChangeSummary.Of(current, candidate), isNewRoot ? Publications.OnlineKeysOf(candidate.Set.Root.Metadata.Signed) : null);
        sets.Keep(await transaction.CommitAsync(publication, cancellationToken), candidate.Set);
        return candidate;
    }

    private static string Describe(ImmutableArray<CandidateFile> files) =>
        string.Join(", ", files.TakeLast(MaxLoggedFiles).Select(file => $"{file.Role} {file.Version}")) + (files.Length > MaxLoggedFiles ? $" and {files.Length - MaxLoggedFiles} more" : "");

    // A server with a lagging clock would take expired files for good, and replace a timestamp by one that expires sooner.
    private static void CheckClock(PublishedSet current, DateTimeOffset now)
    {
        if (current.Timestamp.Metadata.Signed.SignedAt is { } signedAt && now < signedAt - MaxClockLag)
            throw new TrustException(TrustError.ClockWentBack, $"The server's clock shows {now:u}, and the current timestamp was signed at {signedAt:u}.") { Hint = "Set the clocks of all servers by NTP; nothing is signed until they agree." };
    }

    // Only says which keys to look for; whether it may be the root, and can be read, is for the chain to decide.
    private static Root? NextRoot(IMetadataFormat format, PublishedSet? current, IReadOnlyList<UploadedFile> uploads)
    {
        if (uploads.FirstOrDefault(upload => upload.Role == RoleName.Root) is not { } upload)
            return current?.Root.Metadata.Signed;
        try
        {
            return format.Read<Root>(upload.Data, VerificationLimits.Default.MaxRootBytes).Signed;
        }
        catch (TrustException)
        {
            return null;
        }
    }

    // Asked only where a thief's versions are published.
    private static async Task<OnlineVersions?> PlausibleAsync(IPublishTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Repository is { } record && Math.Max(record.Snapshot.Version, record.Timestamp.Version) > OnlineVersions.MaxPlausible
            ? new OnlineVersions(
                await transaction.ReadHighestVersionAsync(RoleName.Snapshot, OnlineVersions.MaxPlausible, cancellationToken),
                await transaction.ReadHighestVersionAsync(RoleName.Timestamp, OnlineVersions.MaxPlausible, cancellationToken))
            : null;

    private async Task<OnlineSigners> FindSignersAsync(RepositoryName repository, Root? root, PublishedSet? current, CancellationToken cancellationToken) => new(
        await FindSignerAsync(repository, root, RoleName.Snapshot, LastSigner(current, current?.Snapshot.Signers), cancellationToken),
        await FindSignerAsync(repository, root, RoleName.Timestamp, LastSigner(current, current?.Timestamp.Signers), cancellationToken));

    private static string? LastSigner(PublishedSet? current, ThresholdResult? signers) => signers is { Signed: [var id, ..] } ? current!.Root.Metadata.Signed.Keys[id].Fingerprint : null;

    private async Task<ImmutableArray<ISigningKey>> FindSignerAsync(RepositoryName repository, Root? root, RoleName role, string? lastSigner, CancellationToken cancellationToken) =>
        root is not null && await keys.FindSignerAsync(repository, role, Publications.FingerprintsOf(root, role), lastSigner, cancellationToken) is { } signer ? [signer] : [];

    // The race was decided by the database; the loser learns what it lost to.
    private async Task<TrustException> WithVersionsAsync(TrustException conflict, RepositoryName repository, CancellationToken cancellationToken)
    {
        var record = await store.FindAsync(repository, cancellationToken);
        return new TrustException(conflict.Error, conflict.Message, conflict)
        {
            Role = conflict.Role,
            Hint = conflict.Hint,
            Versions = record is null ? null : new Dictionary<string, long>(StringComparer.Ordinal)
            {
                [RoleName.Root.Value] = record.Root.Version,
                [RoleName.Targets.Value] = record.Targets.Version,
                [RoleName.Snapshot.Value] = record.Snapshot.Version,
                [RoleName.Timestamp.Value] = record.Timestamp.Version,
            },
        };
    }
}
