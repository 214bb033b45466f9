using System.Collections.Immutable;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>
/// Puts the operator's standby key into force, repository by repository: where root lists it, it signs snapshot and timestamp from now on, and
/// the server's own key is retired. No root is touched.
/// </summary>
internal sealed class StandbyActivation(IMetadataStore store, IOnlineKeys keys, PublishedSets sets, OperatorRules rules, TimeProvider time)
{
    /// <summary>Who did it, in the change feed.</summary>
    public const string Actor = "operator";

    private static readonly RoleName[] OnlineRoles = [RoleName.Snapshot, RoleName.Timestamp];

    /// <summary>Puts a key into force for one repository. Doing it again changes nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="key">The standby key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What came of it; a refusal is one of the answers.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public async Task<StandbyResult> ActivateAsync(RepositoryName repository, IExportableKey key, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await store.BeginPublishAsync(repository, [], cancellationToken);
            if (transaction.Repository is not { } record)
                return new StandbyResult(repository, StandbyOutcome.Refused, "it was deleted meanwhile");
            var format = MetadataFormats.Find(record.Format);
            var current = (await sets.ReadAsync(transaction, format, [], cancellationToken))!;
            var root = current.Root.Metadata.Signed;
            var own = new OnlineSigners([key], [key]);
            ImmutableArray<RoleName> listed = [.. OnlineRoles.Where(role => own.Find(root, role) is not null)];
            if (listed.IsEmpty)
                return new StandbyResult(repository, StandbyOutcome.NotListed, $"root {root.Version} does not list it");
            if (await IsActiveAsync(repository, listed, key, cancellationToken))
                return new StandbyResult(repository, StandbyOutcome.Unchanged, "it signs already");
            return await CommitAsync(transaction, current, listed, key, cancellationToken);
        }
        catch (TrustException e) when (e.Error != TrustError.StoreUnavailable)
        {
            return new StandbyResult(repository, StandbyOutcome.Refused, $"{e.Info.Code}: {e.Message}");
        }
    }

    private async Task<StandbyResult> CommitAsync(IPublishTransaction transaction, PublishedSet current, ImmutableArray<RoleName> listed, IExportableKey key, CancellationToken cancellationToken)
    {
        var name = transaction.Name;
        var signers = new OnlineSigners(
            await SignersAsync(name, current.Root.Metadata.Signed, RoleName.Snapshot, listed, key, cancellationToken),
            await SignersAsync(name, current.Root.Metadata.Signed, RoleName.Timestamp, listed, key, cancellationToken));
        var candidate = CandidateSet.OfRenewal(current, listed.Contains(RoleName.Snapshot), signers, rules.Publish, time.GetUtcNow(), transaction.Repository!.OwedVersions);
        ImmutableArray<ActivatedKey> activated = [.. listed.Select(role => keys.Seal(name, role, key))];
        var publication = Publications.Of(candidate, current.Root.Format, ChangeKind.Renew, Actor, Summary(current, candidate, listed, activated[0].Fingerprint), rootOnlineKeys: null) with { ActivatedKeys = activated };
        sets.Keep(await transaction.CommitAsync(publication, cancellationToken), candidate.Set);
        return new StandbyResult(name, StandbyOutcome.Activated, $"{string.Join(" and ", listed)} signed anew");
    }

    private async Task<ImmutableArray<ISigningKey>> SignersAsync(
        RepositoryName repository, Root root, RoleName role, ImmutableArray<RoleName> listed, IExportableKey key, CancellationToken cancellationToken) =>
        listed.Contains(role) ? [key]
        : await keys.FindSignerAsync(repository, role, Publications.FingerprintsOf(root, role), null, cancellationToken) is { } other ? [other] : [];

    private async Task<bool> IsActiveAsync(RepositoryName repository, ImmutableArray<RoleName> listed, IExportableKey key, CancellationToken cancellationToken)
    {
        foreach (var role in listed)
        {
            var active = (await keys.ListAsync(repository, role, cancellationToken)).Where(known => known.State == OnlineKeyState.Active).ToList();
            if (active is not [var only] || !only.Material.Span.SequenceEqual(key.Material.Span))
                return false;
        }
        return true;
    }

    // The change feed tells who signs from now on, not only that something was signed.
    private static string Summary(PublishedSet before, CandidateSet candidate, ImmutableArray<RoleName> roles, string fingerprint)
    {
        var changed = ChangeSummary.Of(before, candidate);
        var keyPart = Encoding.UTF8.GetString(JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("onlineKeys");
            writer.WriteString("activated", fingerprint);
            writer.WriteStartArray("roles");
            foreach (var role in roles)
                writer.WriteStringValue(role.Value);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }));
        return $"{changed[..^1]},{keyPart[1..]}";
    }
}
