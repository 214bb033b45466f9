using System.Data;
using Microsoft.EntityFrameworkCore;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>The store in a database.</summary>
internal sealed class MetadataStore(TrustDatabase database, TimeProvider time) : IMetadataStore
{
    /// <inheritdoc/>
    public event Action<RepositoryChange>? Changed;

    /// <inheritdoc/>
    public async Task<RepositoryRecord?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        (await database.QueryAsync((c, token) => c.Repositories.SingleOrDefaultAsync(r => r.Name == repository.Value, token), cancellationToken))?.ToRecord();

    /// <inheritdoc/>
    public Task<StoredFile?> ReadAsync(RepositoryName repository, RoleName role, long version, CancellationToken cancellationToken) =>
        ReadFileAsync(repository, role, files => files.Where(f => f.Version == version), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredFile?> ReadCurrentAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        ReadFileAsync(repository, role, files => files, cancellationToken);

    /// <inheritdoc/>
    public Task<StoredFile?> ReadByHashAsync(RepositoryName repository, RoleName role, string sha256, CancellationToken cancellationToken) =>
        ReadFileAsync(repository, role, files => files.Where(f => f.Sha256 == sha256), cancellationToken);

    /// <inheritdoc/>
    public async Task<CurrentSet?> ReadCurrentSetAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        // One statement: a publish in between cannot mix two sets.
        var rows = await database.QueryAsync(
            (c, token) => c.Repositories.Where(r => r.Name == repository.Value)
                .SelectMany(
                    r => c.MetadataFiles.Where(f => f.RepositoryId == r.Id && f.Version == c.MetadataFiles.Where(g => g.RepositoryId == f.RepositoryId && g.Role == f.Role).Max(g => g.Version)),
                    (r, f) => new { Repository = r, File = f })
                .ToListAsync(token),
            cancellationToken);
        return rows.Count == 0 ? null : CurrentSet.Of(rows[0].Repository.ToRecord(), rows.Select(r => r.File.ToRecord()));
    }

    /// <inheritdoc/>
    public Task<IPublishTransaction> BeginPublishAsync(RepositoryName repository, IReadOnlyCollection<RoleName> roles, CancellationToken cancellationToken) =>
        BeginAsync(repository, [RoleName.Timestamp, .. roles], cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(RepositoryName repository, string? format, string? actor, CancellationToken cancellationToken)
    {
        using var place = await database.Writers.EnterAsync(StoreLock.Of(repository), cancellationToken);
        var deleted = await database.TranslateAsync(() => DeleteInTransactionAsync(repository, format, actor, cancellationToken), cancellationToken);
        if (deleted)
            Changed?.Invoke(new RepositoryChange(repository, null, []));
        return deleted;
    }

    /// <inheritdoc/>
    public async Task<int> PruneAsync(DateTimeOffset replacedBefore, int limit, CancellationToken cancellationToken)
    {
        // A successor that was published before the limit is what makes a file old: a current file has no successor.
        const string Prune =
            "DELETE FROM metadata_files WHERE (repository_id, role, version) IN (SELECT f.repository_id, f.role, f.version FROM metadata_files f WHERE f.role <> 'root' AND EXISTS " +
            "(SELECT 1 FROM metadata_files g WHERE g.repository_id = f.repository_id AND g.role = f.role AND g.version > f.version AND g.created_at < @before) LIMIT @limit);";
        using var place = await database.Writers.EnterAsync(0, cancellationToken);
        return await database.TranslateAsync(
            async () =>
            {
                await using var connection = await database.OpenAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                await using var command = new SqlBatch(connection, transaction).Add(Prune, ("before", database.Dialect.ToParameter(replacedBefore)), ("limit", limit)).Command;
                var removed = await command.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(CancellationToken.None);
                return removed;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancellationToken) =>
        database.QueryAsync((c, token) => c.Repositories.AnyAsync(token), cancellationToken);

    /// <summary>The highest version that <paramref name="filter"/> leaves of one role of one repository.</summary>
    private async Task<StoredFile?> ReadFileAsync(
        RepositoryName repository, RoleName role, Func<IQueryable<MetadataFileRow>, IQueryable<MetadataFileRow>> filter, CancellationToken cancellationToken)
    {
        var row = await database.QueryAsync(
            (c, token) => filter(c.MetadataFiles.Where(f => f.RepositoryId == c.Repositories.Single(r => r.Name == repository.Value).Id && f.Role == role.Value))
                .OrderByDescending(f => f.Version).FirstOrDefaultAsync(token),
            cancellationToken);
        return row?.ToRecord();
    }

    private async Task<IPublishTransaction> BeginAsync(RepositoryName repository, RoleName[] roles, CancellationToken cancellationToken)
    {
        var place = await database.Writers.EnterAsync(StoreLock.Of(repository), cancellationToken);
        try
        {
            return await database.TranslateAsync<IPublishTransaction>(
                async () => await PublishTransaction.BeginAsync(database, time, repository, place, roles, c => Changed?.Invoke(c), cancellationToken),
                cancellationToken);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private async Task<bool> DeleteInTransactionAsync(RepositoryName repository, string? format, string? actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var locking = new SqlBatch(connection, transaction).Add(database.Dialect.LockStatement, ("lock", StoreLock.Of(repository))).Command;
        await locking.ExecuteNonQueryAsync(cancellationToken);
        await using var delete = new SqlBatch(connection, transaction)
            .Add($"DELETE FROM repositories WHERE name = @repository{(format is null ? "" : " AND format = @format")} RETURNING format;", ("repository", repository.Value), ("format", format ?? "")).Command;
        if (await delete.ExecuteScalarAsync(cancellationToken) is not string deleted)
            return false;
        var rest = new SqlBatch(connection, transaction)
            .Add("DELETE FROM pending_files WHERE repository = @repository;")
            .Add("DELETE FROM online_keys WHERE repository = @repository;", ("repository", repository.Value), ("format", deleted), ("now", database.Dialect.ToParameter(StoreClock.Now(time))));
        await using var command = ChangeWriting.Add(rest, database.Dialect, ChangeKind.Delete, actor, timestamp: null, summary: "{}").Command;
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }
}
