using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>A publish: one request takes the lock and reads, one writes, one commits.</summary>
internal sealed class PublishTransaction : IPublishTransaction
{
    private readonly TrustDatabase database;
    private readonly TimeProvider time;
    private readonly IDisposable place;
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;
    private readonly Action<RepositoryChange> committed;
    private readonly Dictionary<RoleName, StoredFile?> current = [];
    private readonly long floor;
    private bool isDone;
    private bool isClosed;

    private PublishTransaction(TrustDatabase database, TimeProvider time, RepositoryName name, IDisposable place, DbTransaction transaction, Action<RepositoryChange> committed)
    {
        (this.database, this.time, Name, this.place, this.transaction, this.committed) = (database, time, name, place, transaction, committed);
        connection = transaction.Connection!;
        floor = database.Committed.Highest;
    }

    /// <inheritdoc/>
    public RepositoryName Name { get; }

    /// <inheritdoc/>
    public RepositoryRecord? Repository { get; private set; }

    /// <summary>Takes the lock of a repository and reads the current files of <paramref name="roles"/>.</summary>
    /// <param name="database">Database.</param>
    /// <param name="time">Clock for what is published.</param>
    /// <param name="name">Repository.</param>
    /// <param name="place">The place in the queue of this process; disposed with the transaction.</param>
    /// <param name="roles">Roles to read.</param>
    /// <param name="committed">Called after a commit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PublishTransaction> BeginAsync(
        TrustDatabase database, TimeProvider time, RepositoryName name, IDisposable place, IEnumerable<RoleName> roles, Action<RepositoryChange> committed, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        PublishTransaction? begun = null;
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            begun = new PublishTransaction(database, time, name, place, transaction, committed);
            await begun.LockAndReadAsync([.. roles.Distinct()], cancellationToken);
            return begun;
        }
        catch
        {
            await (begun?.DisposeAsync() ?? connection.DisposeAsync());
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<StoredFile?> ReadCurrentAsync(RoleName role, CancellationToken cancellationToken)
    {
        if (Repository is null)
            return null;
        if (!current.TryGetValue(role, out var file))
            current[role] = file = (await ReadAsync(SelectCurrent("role"), [("role", role.Value)], cancellationToken)).SingleOrDefault();
        return file;
    }

    /// <inheritdoc/>
    public async Task<CurrentSet?> ReadCurrentSetAsync(CancellationToken cancellationToken)
    {
        if (Repository is null)
            return null;
        var files = await ReadAsync(
            $"SELECT {RowReading.FileColumns} FROM metadata_files f WHERE repository_id = @id AND version = (SELECT MAX(version) FROM metadata_files g WHERE g.repository_id = f.repository_id AND g.role = f.role);",
            [("id", Repository.Id)],
            cancellationToken);
        return CurrentSet.Of(Repository, files);
    }

    /// <inheritdoc/>
    public Task<long> ReadHighestVersionAsync(RoleName role, long limit, CancellationToken cancellationToken) => database.TranslateAsync(
        async () =>
        {
            await using var command = new SqlBatch(connection, transaction)
                .Add("SELECT COALESCE(MAX(version), 0) FROM metadata_files WHERE repository_id = @id AND role = @role AND version <= @limit;", ("id", Repository?.Id ?? 0), ("role", role.Value), ("limit", limit)).Command;
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<RepositoryRecord> CommitAsync(Publication publication, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(isDone, this);
        if (Repository is not null && Repository.Format != publication.Format)
            throw new TrustException(TrustError.RepositoryExists, $"{Name} is published in the format {Repository.Format}; found {publication.Format}.");
        isDone = true;
        var writing = new PublicationWriting(database.Dialect, connection, transaction, publication, StoreClock.Now(time));
        var record = await database.TranslateAsync(
            async () =>
            {
                var written = Repository is null
                    ? await writing.InsertRepositoryAsync(Name, cancellationToken)
                    : await writing.UpdateRepositoryAsync(Repository, cancellationToken);
                // Positions only grow, unless the database was put back meanwhile: what clients have seen would be signed again.
                if (writing.Position <= floor)
                    throw new TrustException(TrustError.DatabaseRestored, $"The database gave the change position {writing.Position}, and position {floor} was published before: it is older than what was published.") { Hint = "If a backup was restored, run: TrustServer restore bump" };
                // From here on the outcome is the database's: a caller that gives up must not leave it open.
                await transaction.CommitAsync(CancellationToken.None);
                database.Committed.Raise(writing.Position);
                return written;
            },
            cancellationToken);
        // Before the next publisher of this process gets in, so that changes are told in their order.
        committed(new RepositoryChange(Name, record, [.. publication.Files.Select(f => writing.ToStored(record.Id, f))]));
        await CloseAsync();
        return record;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private static string SelectCurrent(string parameter) =>
        $"SELECT {RowReading.FileColumns} FROM metadata_files WHERE repository_id = (SELECT id FROM repositories WHERE name = @name) AND role = @{parameter} ORDER BY version DESC LIMIT 1;";

    private async Task LockAndReadAsync(ImmutableArray<RoleName> roles, CancellationToken cancellationToken)
    {
        // Each statement sees what was committed before it began, so the reads see the state under the lock.
        var batch = new SqlBatch(connection, transaction)
            .Add(database.Dialect.LockStatement, ("lock", StoreLock.Of(Name)))
            .Add($"SELECT {RowReading.RepositoryColumns} FROM repositories WHERE name = @name;", ("name", Name.Value));
        for (var i = 0; i < roles.Length; i++)
            batch.Add(SelectCurrent($"role{i}"), ($"role{i}", roles[i].Value));
        await using var command = batch.Command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
            Repository = RowReading.ReadRepository(reader, database.Dialect);
        foreach (var role in roles)
        {
            await reader.NextResultAsync(cancellationToken);
            current[role] = await reader.ReadAsync(cancellationToken) ? RowReading.ReadFile(reader, database.Dialect) : null;
        }
    }

    private Task<List<StoredFile>> ReadAsync(string select, (string Name, object? Value)[] parameters, CancellationToken cancellationToken) => database.TranslateAsync(
        async () =>
        {
            await using var command = new SqlBatch(connection, transaction).Add(select, [("name", Name.Value), .. parameters]).Command;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var files = new List<StoredFile>();
            while (await reader.ReadAsync(cancellationToken))
                files.Add(RowReading.ReadFile(reader, database.Dialect));
            return files;
        },
        cancellationToken);

    /// <summary>Rolls back what is not committed, and lets the next publisher in.</summary>
    private async ValueTask CloseAsync()
    {
        // Once only: Npgsql gives a closed transaction's object to the next user of its connection.
        if (isClosed)
            return;
        (isDone, isClosed) = (true, true);
        try
        {
            await using (connection)
                await transaction.DisposeAsync();
        }
        catch (DbException)
        {
            // The connection is broken; the database rolls back by itself, and the caller has its refusal already.
        }
        finally
        {
            place.Dispose();
        }
    }
}
