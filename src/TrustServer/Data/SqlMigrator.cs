using System.Data;
using System.Data.Common;
using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>Applies the SQL files that a database lacks, each once, however many servers start together.</summary>
/// <param name="database">The database.</param>
/// <param name="migrations">All files for it, in order.</param>
/// <param name="time">Clock for the history.</param>
internal sealed class SqlMigrator(TrustDatabase database, IReadOnlyList<Migration> migrations, TimeProvider time)
{
    private const long MigrationLock = 5715130290184529002;

    /// <summary>Migrates with the files that this program carries.</summary>
    public SqlMigrator(TrustDatabase database, TimeProvider time)
        : this(database, Migration.ReadEmbedded(database.Dialect.Name), time)
    {
    }

    /// <summary>Brings the schema up to date.</summary>
    /// <returns>Number of files applied by this call.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>, also for a schema that is newer than this program or was made by edited files.</exception>
    public Task<int> MigrateAsync(CancellationToken cancellationToken) => database.TranslateAsync(
        async () =>
        {
            database.Dialect.Prepare();
            await using var connection = await database.OpenAsync(cancellationToken);
            var applied = 0;
            while (await ApplyNextAsync(connection, cancellationToken))
                applied++;
            return applied;
        },
        cancellationToken);

    /// <returns>False if nothing was missing.</returns>
    private async Task<bool> ApplyNextAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await RunAsync(new SqlBatch(connection, transaction).Add(database.Dialect.UnlimitedTimeStatement + database.Dialect.LockStatement, ("lock", MigrationLock)), cancellationToken);
        await RunAsync(new SqlBatch(connection, transaction).Add(database.Dialect.CreateHistoryStatement), cancellationToken);
        var missing = migrations.Skip(await CheckHistoryAsync(connection, transaction, cancellationToken)).FirstOrDefault();
        if (missing is not null)
        {
            await RunAsync(new SqlBatch(connection, transaction).Add(missing.Sql), cancellationToken);
            await RunAsync(
                new SqlBatch(connection, transaction).Add(
                    "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (@number, @name, @sha256, @now);",
                    ("number", missing.Number), ("name", missing.Name), ("sha256", missing.Sha256), ("now", database.Dialect.ToParameter(time.GetUtcNow()))),
                cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return missing is not null;
    }

    /// <returns>Number of files that were applied before.</returns>
    private async Task<int> CheckHistoryAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new SqlBatch(connection, transaction).Add("SELECT number, name, sha256 FROM schema_migrations ORDER BY number;").Command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var count = 0;
        for (; await reader.ReadAsync(cancellationToken); count++)
        {
            var (number, name, sha256) = (reader.GetInt32(0), reader.GetString(1), reader.GetString(2));
            if (count >= migrations.Count)
                throw new TrustException(TrustError.StoreUnavailable, $"The database was migrated to {name}, which this program does not know.")
                {
                    Hint = "The database is newer than this program: start the program version that made it, or a later one.",
                };
            if (migrations[count] is var known && (known.Number != number || known.Name != name || known.Sha256 != sha256))
                throw new TrustException(TrustError.StoreUnavailable, $"The database was migrated by {name} with SHA-256 {sha256}; this program has {known.Name} with {known.Sha256}.")
                {
                    Hint = "An applied migration was edited. Use the program version that made the database.",
                };
        }
        return count;
    }

    private static async Task RunAsync(SqlBatch batch, CancellationToken cancellationToken)
    {
        await using var command = batch.Command;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
