using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// A repository as its owner finds it who is about to repair it: verified from the pinned root, expired or not, and whatever earlier runs saw.
/// </summary>
/// <param name="Repository">The repository.</param>
/// <param name="Top">What the server publishes: root, timestamp, snapshot and targets.</param>
/// <param name="Delegated">The roles that targets delegates to directly and that were published.</param>
/// <param name="Remembered">What earlier runs on this machine saw of each role and what still counts under the present keys, by role.</param>
internal sealed record OwnerReading(RepositoryName Repository, TrustedTargets Top, ImmutableArray<RoleReading> Delegated, ImmutableDictionary<RoleName, RememberedFile> Remembered)
{
    /// <summary>The newest root.</summary>
    public TrustedRoot Root => Top.Snapshot.Root;

    /// <summary>The repository's format.</summary>
    public IMetadataFormat Format => Root.Format;

    /// <summary>The published version of a role; 0 if there is none.</summary>
    public long PublishedVersion(RoleName role) =>
        role == RoleName.Root ? Root.Version
        : role == RoleName.Timestamp ? Top.Snapshot.Timestamp.Metadata.Signed.Version
        : role == RoleName.Snapshot ? Top.Snapshot.Metadata.Signed.Version
        : role == RoleName.Targets ? Top.Metadata.Signed.Version
        : Delegated.FirstOrDefault(reading => reading.Role == role)?.Trusted?.Metadata.Signed.Version ?? 0;

    /// <summary>The published file of a role, or null if there is none.</summary>
    public ReadOnlyMemory<byte>? PublishedFile(RoleName role) =>
        role == RoleName.Root ? Root.Metadata.File
        : role == RoleName.Timestamp ? Top.Snapshot.Timestamp.Metadata.File
        : role == RoleName.Snapshot ? Top.Snapshot.Metadata.File
        : role == RoleName.Targets ? Top.Metadata.File
        : Delegated.FirstOrDefault(reading => reading.Role == role)?.Trusted?.Metadata.File;

    /// <summary>Reads it.</summary>
    /// <param name="context">The run.</param>
    /// <param name="trust">What the command line says of trust.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="readsBins">True to read hash bins as well, of which there may be thousands.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static Task<OwnerReading> ReadAsync(CommandContext context, TrustFlags trust, RepositoryName repository, bool readsBins, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {repository}");
        return context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(repository, trust, isOffline: false, token);
                var client = opened.StartRepair(context.Now);
                var top = await client.RefreshAsync(token);
                var delegated = await ReadDelegatedAsync(client, top, readsBins, token);
                return new OwnerReading(repository, top, delegated, Remember(opened, top, delegated));
            },
            cancellationToken);
    }

    private static async Task<ImmutableArray<RoleReading>> ReadDelegatedAsync(TrustClient client, TrustedTargets top, bool readsBins, CancellationToken cancellationToken)
    {
        var readings = ImmutableArray.CreateBuilder<RoleReading>();
        var delegations = top.Metadata.Signed.Delegations is { } listed && (readsBins || listed.Succinct is null) ? listed : null;
        foreach (var name in delegations?.DelegatedAmong([.. top.Snapshot.Metadata.Signed.Meta.Keys]) ?? [])
        {
            try
            {
                readings.Add(new RoleReading(name, top, await client.LoadDelegatedAsync(new DelegationStep(top, name), cancellationToken), null));
            }
            catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
            {
                readings.Add(new RoleReading(name, top, null, e));
            }
        }
        return readings.ToImmutable();
    }

    private static ImmutableDictionary<RoleName, RememberedFile> Remember(RepositoryTrust opened, TrustedTargets top, ImmutableArray<RoleReading> delegated)
    {
        var remembered = ImmutableDictionary.CreateBuilder<RoleName, RememberedFile>();
        Add(RoleName.Timestamp, file => top.Snapshot.Root.RecallTimestamp(file)?.Metadata.Signed.Version);
        Add(RoleName.Snapshot, file => top.Snapshot.Timestamp.RecallSnapshot(file)?.Metadata.Signed.Version);
        Add(RoleName.Targets, top.Snapshot.RecallTargetsVersion);
        foreach (var reading in delegated.Where(reading => top.DelegatesTo(reading.Role)))
            Add(reading.Role, file => top.RecallDelegatedVersion(reading.Role, file));
        return remembered.ToImmutable();

        void Add(RoleName role, Func<ReadOnlyMemory<byte>, long?> recall)
        {
            foreach (var file in opened.ReadRemembered(top.Snapshot.Root, role))
            {
                if (recall(file) is { } version && version > (remembered.GetValueOrDefault(role)?.Version ?? 0))
                    remembered[role] = new RememberedFile(version, file);
            }
        }
    }
}
