using Microsoft.EntityFrameworkCore;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>The catalog in a database.</summary>
internal sealed class RepositoryCatalog(TrustDatabase database) : IRepositoryCatalog
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<RepositoryRecord>> ListAsync(string? search, string? after, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            (c, token) => c.Repositories
                .Where(r => (search == null || r.Name.Contains(search)) && (after == null || string.Compare(r.Name, after) > 0))
                .OrderBy(r => r.Name).Take(Cut(limit)).ToListAsync(token),
            cancellationToken);
        return [.. rows.Select(r => r.ToRecord())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(RepositoryName repository, RoleName? role, HistoryPosition? before, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            (c, token) =>
            {
                var files = c.MetadataFiles.Where(f => c.Repositories.Any(r => r.Id == f.RepositoryId && r.Name == repository.Value));
                if (role is not null)
                    files = files.Where(f => f.Role == role.Value);
                if (before is not null)
                    files = files.Where(f => f.CreatedAt < before.CreatedAt || (f.CreatedAt == before.CreatedAt
                        && (f.Version < before.Version || (f.Version == before.Version && string.Compare(f.Role, before.Role) > 0))));
                return files.OrderByDescending(f => f.CreatedAt).ThenByDescending(f => f.Version).ThenBy(f => f.Role).Take(Cut(limit))
                    .Select(f => new { f.Role, f.Version, f.Sha256, f.Length, f.ExpiresAt, f.CreatedAt })
                    .ToListAsync(token);
            },
            cancellationToken);
        return [.. rows.Select(f => new HistoryEntry
        {
            Role = RoleName.Parse(f.Role),
            Version = f.Version,
            Sha256 = f.Sha256,
            Length = f.Length,
            Expires = f.ExpiresAt,
            CreatedAt = f.CreatedAt,
        })];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChangeRecord>> ReadChangesAsync(ChangeQuery query, CancellationToken cancellationToken)
    {
        var settled = await ReadSettledPositionAsync(cancellationToken);
        var rows = await database.QueryAsync(
            (c, token) =>
            {
                var changes = c.Changes.Where(h => h.Id > query.After && h.Id <= settled);
                if (query.Before is { } before)
                    changes = changes.Where(h => h.Id < before);
                if (query.Repository is { } repository)
                    changes = changes.Where(h => h.Repository == repository.Value);
                // As a constant, so that the index of these changes serves.
                if (query.Format == "notary")
                    changes = changes.Where(h => h.Format == "notary");
                else if (query.Format is { } format)
                    changes = changes.Where(h => h.Format == format);
                return (query.TakesLast ? changes.OrderByDescending(h => h.Id) : changes.OrderBy(h => h.Id)).Take(Cut(query.Limit)).ToListAsync(token);
            },
            cancellationToken);
        return [.. rows.OrderBy(h => h.Id).Select(h => new ChangeRecord
        {
            Id = h.Id,
            At = h.At,
            Repository = h.Repository,
            Format = h.Format,
            Kind = ChangeWriting.FromText(h.Kind),
            Actor = h.Actor,
            TimestampVersion = h.TimestampVersion,
            TimestampSha256 = h.TimestampSha256,
            Summary = h.Summary,
        })];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RepositoryRecord>> ListExpiringAsync(DateTimeOffset timestampBefore, DateTimeOffset snapshotBefore, long afterId, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            (c, token) => c.Repositories.Where(r => r.Id > afterId && (r.TimestampExpires < timestampBefore || r.SnapshotExpires < snapshotBefore))
                .OrderBy(r => r.Id).Take(Cut(limit)).ToListAsync(token),
            cancellationToken);
        return [.. rows.Select(r => r.ToRecord())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RepositoryRecord>> ListSoonestExpiringAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            (c, token) => c.Repositories.OrderBy(r => EF.Functions.Least(r.RootExpires, r.TimestampExpires, r.SnapshotExpires, r.TargetsExpires)).ThenBy(r => r.Id)
                .Take(Cut(limit)).ToListAsync(token),
            cancellationToken);
        return [.. rows.Select(r => r.ToRecord())];
    }

    /// <inheritdoc/>
    public Task<SoonestExpiries?> FindSoonestExpiriesAsync(CancellationToken cancellationToken) => database.QueryAsync(
        (c, token) => c.Repositories.GroupBy(_ => 1)
            .Select(all => new SoonestExpiries(all.Min(r => r.RootExpires), all.Min(r => r.TargetsExpires), all.Min(r => r.SnapshotExpires), all.Min(r => r.TimestampExpires)))
            .SingleOrDefaultAsync(token),
        cancellationToken);

    /// <inheritdoc/>
    public Task<long> CountAsync(CancellationToken cancellationToken) => database.QueryAsync((c, token) => c.Repositories.LongCountAsync(token), cancellationToken);

    /// <summary>
    /// The last position below which no publish is still under way: positions are given before the commit, so a lower one
    /// can become visible after a higher one.
    /// </summary>
    private Task<long> ReadSettledPositionAsync(CancellationToken cancellationToken) => database.TranslateAsync(
        async () =>
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await using var command = new SqlBatch(connection, transaction: null).Add(database.Dialect.SettleFeedStatement + "SELECT COALESCE(MAX(id), 0) FROM changes;").Command;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return reader.GetInt64(0);
        },
        cancellationToken);

    private static int Cut(int limit) => Math.Clamp(limit, 0, StoreLimits.MaxPageSize);
}
