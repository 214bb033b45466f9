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
        catch (DbException e) when (Dialect.Classify(e) is { } error)
        {
            // A cancelled statement comes back as a failure of the database.
            cancellationToken.ThrowIfCancellationRequested();
            throw Refusal(error, e);
        }
        catch (DbUpdateException e) when (e.InnerException is DbException inner && Dialect.Classify(inner) is { } error)
        {
            throw Refusal(error, inner);
        }
        catch (Exception e) when (e is TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            throw Refusal(TrustError.StoreUnavailable, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Dialect.DisposeAsync();

    private static TrustException Refusal(TrustError error, Exception cause) => error == TrustError.PublishConflict
        ? new TrustException(error, "Another publisher was first: a version is taken, or the repository changed.", cause) { Hint = "Read the current versions and publish again." }
        : new TrustException(error, $"The database does not do what it is asked: {cause.Message}", cause) { Hint = "Check that the database runs, that its disk has room, and that the server may write to it." };
}
