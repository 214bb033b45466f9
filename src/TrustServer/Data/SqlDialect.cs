using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>What the two databases do differently.</summary>
internal abstract class SqlDialect : IAsyncDisposable
{
    /// <summary>Name of the folder of its migrations.</summary>
    public abstract string Name { get; }

    /// <summary>How many writers are let in at the same time.</summary>
    public abstract int ConcurrentWriters { get; }

    /// <summary>A statement with one result that waits for the lock <c>@lock</c>, to be held until the transaction ends.</summary>
    public abstract string LockStatement { get; }

    /// <summary>
    /// A statement after which a change may take its position. Until its transaction ends, no reader
    /// sees positions behind it.
    /// </summary>
    public abstract string EnterFeedStatement { get; }

    /// <summary>A statement with one result that waits until every change that took a position is visible or gone.</summary>
    public abstract string SettleFeedStatement { get; }

    /// <summary>A statement after which changes take positions behind <c>@position</c>.</summary>
    public abstract string RaisePositionStatement { get; }

    /// <summary>Creates <c>schema_migrations</c> if it is not there.</summary>
    public abstract string CreateHistoryStatement { get; }

    /// <summary>Lets a transaction of migrations wait and run as long as it takes.</summary>
    public abstract string UnlimitedTimeStatement { get; }

    /// <summary>Tells EF Core which database to use.</summary>
    public abstract void Configure(DbContextOptionsBuilder options);

    /// <summary>Makes the database ready for its first connection.</summary>
    public abstract void Prepare();

    /// <summary>Opens a connection, which the caller disposes.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A time as a parameter.</summary>
    public abstract object ToParameter(DateTimeOffset time);

    /// <summary>Bytes as a parameter.</summary>
    public abstract object ToParameter(ReadOnlyMemory<byte> bytes);

    /// <summary>A time from a column.</summary>
    public abstract DateTimeOffset ReadTime(DbDataReader reader, int column);

    /// <summary>The refusal that a failure of the database means, or null if it is a fault of this program.</summary>
    public abstract TrustError? Classify(DbException failure);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
