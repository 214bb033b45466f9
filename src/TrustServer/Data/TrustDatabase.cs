using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using TrustService.Errors;
using TrustService.Server.Options;

namespace TrustService.Server.Data;

/// <summary>The database of this server: connections, mapped queries, and what its failures mean.</summary>
internal sealed class TrustDatabase : IAsyncDisposable
{
    private readonly PooledDbContextFactory<TrustDbContext> contexts;

    /// <summary>Uses the database that the options name; nothing is opened yet.</summary>
    public TrustDatabase(DatabaseOptions options)
        : this(options.IsEmbedded ? new SqliteDialect(options.DataDirectory) : new PostgreSqlDialect(options.ConnectionString))
    {
    }

    private TrustDatabase(SqlDialect dialect)
    {
        Dialect = dialect;
        Writers = new WriteQueue(dialect.ConcurrentWriters);
        var builder = new DbContextOptionsBuilder<TrustDbContext>().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        dialect.Configure(builder);
        contexts = new PooledDbContextFactory<TrustDbContext>(builder.Options);
    }

    /// <summary>What is particular to this database.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>What this process has committed.</summary>
    public CommittedChange Committed { get; } = new();

    /// <summary>Where everything that writes waits for its turn first.</summary>
    public WriteQueue Writers { get; }

    /// <summary>Opens a connection, which the caller disposes.</summary>
    public Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => Dialect.OpenAsync(cancellationToken);

    /// <summary>Runs mapped queries.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public Task<T> QueryAsync<T>(Func<TrustDbContext, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        TranslateAsync(
            async () =>
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                return await query(context, cancellationToken);
            },
            cancellationToken);

    /// <summary>Runs <paramref name="work"/>; failures of the database come out as refusals.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/> or <see cref="TrustError.PublishConflict"/>.</exception>
    public async Task<T> TranslateAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (Classify(e) is { } error)
        {
            // A cancelled statement comes back as a failure of the database.
            cancellationToken.ThrowIfCancellationRequested();
            throw error == TrustError.PublishConflict
                ? new TrustException(error, "Another publisher was first: a version is taken, or the repository changed.", e) { Hint = "Read the current versions and publish again." }
                : new TrustException(error, "The database does not do what it is asked.", e) { Hint = "Check that the database runs, that its disk has room, and that the server may write to it." };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Writers.Dispose();
        return Dialect.DisposeAsync();
    }

    /// <summary>EF Core wraps what it takes for a passing failure, so the cause may lie deeper.</summary>
    private TrustError? Classify(Exception failure) => failure switch
    {
        DbException e => Dialect.Classify(e),
        TimeoutException or System.Net.Sockets.SocketException or IOException => TrustError.StoreUnavailable,
        DbUpdateException or InvalidOperationException when failure.InnerException is { } inner => Classify(inner),
        _ => null,
    };
}
