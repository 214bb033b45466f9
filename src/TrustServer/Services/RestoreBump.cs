using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>
/// After a restored backup: signs snapshot and timestamp of a repository with versions above every one that may have been published and lost.
/// </summary>
/// <remarks>
/// Each change of a repository takes a position of the feed, and raises its versions by one at the most: so as many versions as positions are
/// missing, at the most.
/// </remarks>
internal sealed class RestoreBump(IMetadataStore store, IOnlineKeys keys, PublishedSets sets, OperatorRules rules, TimeProvider time)
{
    /// <summary>Raises the versions of one repository.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="lost">Versions to leave out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The versions now.</returns>
    /// <exception cref="TrustException">A coded refusal; the repository is as it was then.</exception>
    public async Task<RepositoryRecord> RaiseAsync(RepositoryName repository, long lost, CancellationToken cancellationToken)
    {
        await using var transaction = await store.BeginPublishAsync(repository, [], cancellationToken);
        if (transaction.Repository is not { } record)
            throw new TrustException(TrustError.RepositoryUnknown, $"There is no repository {repository} in this database.");
        var format = MetadataFormats.Find(record.Format);
        var current = (await sets.ReadAsync(transaction, format, [], cancellationToken))!;
        var root = current.Root.Metadata.Signed;
        var signers = new OnlineSigners(await FindAsync(repository, root, RoleName.Snapshot, cancellationToken), await FindAsync(repository, root, RoleName.Timestamp, cancellationToken));
        var candidate = CandidateSet.OfRenewal(current, renewsSnapshot: true, signers, rules.Publish, time.GetUtcNow(), lost + record.OwedVersions);
        var summary = ChangeSummary.Of(current, candidate);
        var publication = Publications.Of(candidate, format, ChangeKind.Renew, StandbyActivation.Actor, $"{summary[..^1]},\"leftOut\":{candidate.LeftOut}}}", rootOnlineKeys: null);
        var raised = await transaction.CommitAsync(publication, cancellationToken);
        sets.Keep(raised, candidate.Set);
        return raised;
    }

    private async Task<ImmutableArray<ISigningKey>> FindAsync(RepositoryName repository, Root root, RoleName role, CancellationToken cancellationToken) =>
        await keys.FindSignerAsync(repository, role, Publications.FingerprintsOf(root, role), null, cancellationToken) is { } signer ? [signer] : [];
}
