using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.Contracts;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Options;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>
/// Takes over a repository from another server: every file as it is. It is read-only until its owner publishes a root that
/// lists this server's keys.
/// </summary>
internal sealed class ImportService(
    IMetadataStore store, IOnlineKeys keys, PublishedSets sets, OperatorRules rules, RestoreGuard guard, IOptions<NotaryOptions> notary, TrustMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <summary>Verifies the files as a client would, expiry aside, and keeps them. The same files again change nothing; later ones of the same chain go on top.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="files">Every root, the current timestamp and snapshot, and each file that this lists.</param>
    /// <param name="actor">Who does it, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RepositoryExists"/> if something else is published.</exception>
    public async Task<ImportAnswer> ImportAsync(RepositoryName repository, IReadOnlyList<UploadedFile> files, string? actor, CancellationToken cancellationToken)
    {
        try
        {
            var chain = Verify(repository, files);
            var candidate = await CommitAsync(repository, chain, actor, cancellationToken);
            var isReadOnly = await keys.FindActiveAsync(repository, RoleName.Timestamp, cancellationToken) is null;
            TrustMetrics.Add(metrics.Publishes, candidate.IsUnchanged ? "unchanged" : "imported");
            if (!candidate.IsUnchanged)
                Log.Imported(log, repository.Value, chain.Set.Root.Format.Name, chain.Roots[0].Version, chain.Roots[^1].Version, $"{chain.ServableUntil:u}");
            return new ImportAnswer(
                chain.Set.Root.Format.Name,
                candidate.Versions(),
                [chain.Roots[0].Version, chain.Roots[^1].Version],
                !candidate.IsUnchanged,
                isReadOnly,
                chain.ServableUntil,
                chain.Unverified.ToDictionary(role => role.Key.Value, role => role.Value.Message));
        }
        catch (TrustException e)
        {
            TrustMetrics.Add(metrics.Publishes, e.Info.Code);
            Log.ImportRefused(log, repository.Value, e.Info.Code, e.Message);
            throw;
        }
    }

    // Before anything is locked: it may take a while, and depends on nothing that is stored.
    private ForeignChain Verify(RepositoryName repository, IReadOnlyList<UploadedFile> files)
    {
        var root = files.FirstOrDefault(file => file.Role == RoleName.Root)
            ?? throw new TrustException(TrustError.MalformedRequest, "There is no root among the parts; every root from the first to the current one is needed, as 1.root, 2.root, …");
        var format = MetadataFormats.Detect(root.Data.Span, VerificationLimits.Default.MaxRootBytes);
        if (format == NotaryFormat.Instance && !(notary.Value.Enabled && notary.Value.Serves(repository.Value)))
        {
            throw new TrustException(TrustError.UpdateRefused, notary.Value.Enabled ? $"Repositories of format {format.Name} are served here under other names only, and {repository} is none of them." : $"Repositories of format {format.Name} are not served here.")
            {
                Hint = $"The operator decides with {NotaryOptions.Section}:{nameof(NotaryOptions.Enabled)} and {NotaryOptions.Section}:{nameof(NotaryOptions.GunPrefixes)}.",
            };
        }
        return ForeignChain.Verify(format, repository, files, rules.Publish, time.GetUtcNow());
    }

    private async Task<CandidateSet> CommitAsync(RepositoryName repository, ForeignChain chain, string? actor, CancellationToken cancellationToken)
    {
        var format = chain.Set.Root.Format;
        guard.Require();
        await using var transaction = await store.BeginPublishAsync(repository, [], cancellationToken);
        if (transaction.Repository is { } record)
            RepositoryFormat.Require(record, format);
        var current = await PublishedSets.ReadWholeAsync(transaction, format, cancellationToken);
        var candidate = CandidateSet.OfImport(current, chain);
        if (candidate.IsUnchanged)
            return candidate;
        var publication = Publications.Of(candidate, format, ChangeKind.Publish, actor, ChangeSummary.Of(current, candidate), Publications.OnlineKeysOf(chain.Set.Root.Metadata.Signed));
        sets.Keep(await transaction.CommitAsync(publication, cancellationToken), candidate.Set);
        return candidate;
    }
}
