using System.Data;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>The change feed as evidence of what was published, and what is known of databases that were restored from a backup. Failures as for <see cref="IMetadataStore"/>.</summary>
internal sealed class ChangeHistory(TrustDatabase database, TimeProvider time)
{
    private const long RestoreLock = 5715130290184529003;

    /// <summary>The last change and its digest; position 0 if there is none.</summary>
    public async Task<(long Position, string Digest)> ReadLastAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync((c, token) => c.Changes.OrderByDescending(h => h.Id).FirstOrDefaultAsync(token), cancellationToken) is { } last ? (last.Id, DigestOf(last)) : (0, "");

    /// <summary>The digest of the change at a position, or null if there is none.</summary>
    public async Task<string?> FindDigestAsync(long position, CancellationToken cancellationToken) =>
        await database.QueryAsync((c, token) => c.Changes.SingleOrDefaultAsync(h => h.Id == position, token), cancellationToken) is { } change ? DigestOf(change) : null;

    /// <summary>The restore that nobody has dealt with yet, or null.</summary>
    public Task<RestoreRow?> FindOpenAsync(CancellationToken cancellationToken) =>
        database.QueryAsync((c, token) => c.Restores.Where(r => r.BumpedAt == null).OrderBy(r => r.Id).FirstOrDefaultAsync(token), cancellationToken);

    /// <summary>The last restore after another one that was dealt with and that covers a position, or null.</summary>
    public Task<RestoreRow?> FindCoveringAsync(long position, long after, CancellationToken cancellationToken) =>
        database.QueryAsync((c, token) => c.Restores.Where(r => r.BumpedAt != null && r.Id > after && r.LostUntil >= position).OrderByDescending(r => r.Id).FirstOrDefaultAsync(token), cancellationToken);

    /// <summary>Notes that changes are missing. From now on no server signs. What another server noted before, and nobody has dealt with, is widened: one restore is open at the most.</summary>
    /// <param name="keptUntil">The last position that is known to be there still.</param>
    /// <param name="lostUntil">The last position that is known to be missing.</param>
    /// <param name="after">The last restore that is known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task OpenAsync(long keptUntil, long lostUntil, long after, CancellationToken cancellationToken) => WriteAsync(
        """
        UPDATE restores SET id = CASE WHEN id > @after THEN id ELSE @after + 1 END, kept_until = CASE WHEN kept_until < @kept THEN kept_until ELSE @kept END,
            lost_until = CASE WHEN lost_until > @lost THEN lost_until ELSE @lost END WHERE bumped_at IS NULL;
        INSERT INTO restores (id, kept_until, lost_until, found_at) SELECT MAX(n) + 1, @kept, @lost, @now FROM (SELECT COALESCE(MAX(id), 0) AS n FROM restores UNION ALL SELECT @after) AS known
            HAVING NOT EXISTS (SELECT 1 FROM restores WHERE bumped_at IS NULL);
        """,
        cancellationToken, ("kept", keptUntil), ("lost", lostUntil), ("after", after), ("now", database.Dialect.ToParameter(StoreClock.Now(time))));

    /// <summary>Makes the next change take a position behind every one that is missing, so that no reader of the feed takes a new one for an old one.</summary>
    public Task RaisePositionsAsync(long lostUntil, CancellationToken cancellationToken) => WriteAsync(database.Dialect.RaisePositionStatement, cancellationToken, ("position", lostUntil));

    /// <summary>Notes that a repository could not be raised: its next signature leaves these versions out, whoever signs.</summary>
    public Task OweAsync(RepositoryName repository, long versions, CancellationToken cancellationToken) =>
        WriteAsync("UPDATE repositories SET owed_versions = owed_versions + @versions WHERE name = @name;", cancellationToken, ("name", repository.Value), ("versions", versions));

    /// <summary>Notes that versions were raised: servers sign again.</summary>
    /// <param name="restore">The restore as it was when they were raised.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it was widened meanwhile, and stays open.</returns>
    public async Task<bool> CloseAsync(RestoreRow restore, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE restores SET bumped_at = @now WHERE id = @id AND kept_until = @kept AND lost_until = @lost;", cancellationToken,
        ("id", restore.Id), ("kept", restore.KeptUntil), ("lost", restore.LostUntil), ("now", database.Dialect.ToParameter(StoreClock.Now(time)))) > 0;

    private Task<int> WriteAsync(string statement, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) => database.TranslateAsync(
        async () =>
        {
            using var place = await database.Writers.EnterAsync(RestoreLock, cancellationToken);
            await using var connection = await database.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            await using (var locking = new SqlBatch(connection, transaction).Add(database.Dialect.LockStatement, ("lock", RestoreLock)).Command)
                await locking.ExecuteNonQueryAsync(cancellationToken);
            await using var command = new SqlBatch(connection, transaction).Add(statement, parameters).Command;
            var rows = await command.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            return rows;
        },
        cancellationToken);

    private static string DigestOf(ChangeRow change) =>
        Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{change.Id}\n{change.At.ToUnixTimeMilliseconds()}\n{change.Repository}\n{change.Kind}\n{change.TimestampSha256}")));
}
