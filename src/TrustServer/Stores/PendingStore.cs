using System.Data;
using Microsoft.EntityFrameworkCore;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.Data;
using TrustService.Server.Options;

namespace TrustService.Server.Stores;

/// <summary>Files that wait, in a database.</summary>
internal sealed class PendingStore(TrustDatabase database, LimitOptions limits, TimeProvider time) : IPendingStore
{
    /// <summary>Repositories that nobody has published and for which files wait, of all namespaces. The one that was touched longest ago makes room.</summary>
    public const int MaxHomeless = 500;

    /// <summary>Such repositories of one namespace, so that whoever may write to it takes room from nobody else.</summary>
    public const int MaxHomelessOfNamespace = 50;

    /// <summary>Bytes of a file that waits for a repository which nobody has published.</summary>
    public const int MaxHomelessBytes = 256 * 1024;

    /// <summary>How long a file waits for the next signature before its repository is published.</summary>
    public static readonly TimeSpan HomelessLifetime = TimeSpan.FromDays(7);

    private const string IsHomeless = "NOT EXISTS (SELECT 1 FROM repositories r WHERE r.name = pending_files.repository)";

    private const string IsInNamespace = "substr(repository, 1, length(@namespace)) = @namespace AND (@deep OR substr(repository, length(@namespace) + 1) NOT LIKE '%/%')";

    private const string IsPublished =
        "EXISTS (SELECT 1 FROM repositories r JOIN metadata_files f ON f.repository_id = r.id WHERE r.name = pending_files.repository AND f.role = pending_files.role AND f.version >= pending_files.version)";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ParkedFile>> ListAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            (c, token) => Waiting(c, repository).OrderBy(p => p.Role).Take(StoreLimits.MaxPageSize)
                .Select(p => new { p.Role, p.Version, p.ChangeId, p.SignedBy, p.ExpiresAt, p.ParkedAt, p.UpdatedAt, p.Data.Length }).ToListAsync(token),
            cancellationToken);
        return [.. rows.Select(p => new ParkedFile
        {
            Role = RoleName.Parse(p.Role),
            Version = p.Version,
            Change = p.ChangeId,
            SignedBy = [.. p.SignedBy.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => new KeyId(id))],
            Expires = p.ExpiresAt,
            ParkedAt = p.ParkedAt,
            UpdatedAt = p.UpdatedAt,
            Length = p.Length,
        })];
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        await database.QueryAsync((c, token) => Waiting(c, repository).Where(p => p.Role == role.Value).Select(p => p.Data).SingleOrDefaultAsync(token), cancellationToken) is { } data
            ? data
            : default(ReadOnlyMemory<byte>?);

    /// <inheritdoc/>
    public async Task WriteAsync(RepositoryName repository, PendingFile file, ReadOnlyMemory<byte>? before, CancellationToken cancellationToken)
    {
        var (prefix, isDeep) = NamespaceOf(repository);
        using var place = await database.Writers.EnterAsync(StoreLock.Of(repository), cancellationToken);
        await database.TranslateAsync(
            async () =>
            {
                await using var connection = await database.OpenAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                // By itself: failures of statements behind one with a result are easily lost.
                await using var locking = new SqlBatch(connection, transaction).Add(database.Dialect.LockStatement, ("lock", StoreLock.Of(repository))).Command;
                await locking.ExecuteNonQueryAsync(cancellationToken);
                await using var command = new SqlBatch(connection, transaction)
                    // What is outdated makes room; what is there and was not seen is a conflict.
                    .Add($"DELETE FROM pending_files WHERE repository = @repository AND role = @role AND ({IsPublished} OR data = @before);", ("repository", repository.Value), ("role", file.Role.Value), ("before", (before ?? default).ToArray()))
                    .Add(
                        "INSERT INTO pending_files (repository, role, version, change_id, signed_by, expires_at, parked_at, updated_at, data) VALUES (@repository, @role, @version, @change, @signed, @expires, @now, @now, @data);",
                        ("version", file.Version), ("change", file.Change), ("signed", string.Join('\n', file.SignedBy.Select(id => id.Value))), ("expires", database.Dialect.ToParameter(file.Expires)),
                        ("now", database.Dialect.ToParameter(StoreClock.Now(time))), ("data", database.Dialect.ToParameter(file.Data)))
                    .Add(MakeRoom(IsInNamespace, MaxHomelessOfNamespace), ("namespace", prefix), ("deep", isDeep))
                    .Add(MakeRoom("TRUE", MaxHomeless))
                    .Command;
                await command.ExecuteNonQueryAsync(cancellationToken);
                await using var counting = new SqlBatch(connection, transaction)
                    .Add("SELECT COUNT(*) FROM pending_files WHERE repository = @repository;", ("repository", repository.Value))
                    .Add("SELECT COUNT(*) FROM repositories WHERE name = @repository;")
                    .Command;
                await RequireRoomAsync(counting, file, cancellationToken);
                await transaction.CommitAsync(CancellationToken.None);
                return 0;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DropAsync(RepositoryName repository, RoleName role, string? change, CancellationToken cancellationToken) => await ExecuteAsync(
        repository, $"DELETE FROM pending_files WHERE repository = @repository AND role = @role AND (@change = '' OR change_id = @change) AND NOT {IsPublished};",
        [("repository", repository.Value), ("role", role.Value), ("change", change ?? "")], cancellationToken) > 0;

    /// <inheritdoc/>
    public Task<int> PruneAsync(DateTimeOffset untouchedSince, DateTimeOffset homelessSince, CancellationToken cancellationToken) => ExecuteAsync(
        null, $"DELETE FROM pending_files WHERE updated_at < @before OR (updated_at < @homeless AND {IsHomeless}) OR {IsPublished};",
        [("before", database.Dialect.ToParameter(untouchedSince)), ("homeless", database.Dialect.ToParameter(homelessSince))], cancellationToken);

    // Repositories at a time: of a ceremony without its root nothing would be left but what is in the way.
    private static string MakeRoom(string isAmong, int max) =>
        $"""
        DELETE FROM pending_files WHERE NOT EXISTS (SELECT 1 FROM repositories WHERE name = @repository) AND repository IN (
            SELECT repository FROM pending_files WHERE repository <> @repository AND {IsHomeless} AND {isAmong}
            GROUP BY repository ORDER BY MAX(updated_at) DESC, repository LIMIT {int.MaxValue} OFFSET {max - 1});
        """;

    // What accounts are given: the registry and the first part of the path. Names of one part are together the namespace of their registry,
    // or whoever may write to all of them would have one for each.
    private static (string Prefix, bool IsDeep) NamespaceOf(RepositoryName repository)
    {
        var end = repository.Path.IndexOf('/', StringComparison.Ordinal);
        return (repository.Value[..(repository.Value.Length - repository.Path.Length + end + 1)], end > 0);
    }

    private static IQueryable<PendingFileRow> Waiting(TrustDbContext context, RepositoryName repository) =>
        context.PendingFiles.Where(p => p.Repository == repository.Value
            && !context.MetadataFiles.Any(f => f.Role == p.Role && f.Version >= p.Version && context.Repositories.Any(r => r.Id == f.RepositoryId && r.Name == p.Repository)));

    private async Task RequireRoomAsync(System.Data.Common.DbCommand counting, PendingFile file, CancellationToken cancellationToken)
    {
        await using var reader = await counting.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var here = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var isHomeless = reader.GetInt64(0) == 0;
        if (here > limits.MaxPendingFiles)
            throw new TrustException(TrustError.TooLarge, $"{here - 1} files of this repository wait for signatures; {limits.MaxPendingFiles} are allowed ({LimitOptions.Section}:{nameof(limits.MaxPendingFiles)}).") { Hint = "Publish or drop some of them first." };
        if (isHomeless && file.Data.Length > MaxHomelessBytes)
            throw new TrustException(TrustError.TooLarge, $"The file has {file.Data.Length} bytes; {MaxHomelessBytes} are allowed before the repository's first publish.") { Role = file.Role.Value };
    }

    private async Task<int> ExecuteAsync(RepositoryName? repository, string statement, (string Name, object? Value)[] parameters, CancellationToken cancellationToken)
    {
        using var place = await database.Writers.EnterAsync(repository is null ? 0 : StoreLock.Of(repository), cancellationToken);
        return await database.TranslateAsync(
            async () =>
            {
                await using var connection = await database.OpenAsync(cancellationToken);
                await using var command = new SqlBatch(connection, transaction: null).Add(statement, parameters).Command;
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);
    }
}
