using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>PostgreSQL, version 13 or later.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    /// <summary>Advisory lock of the change feed; any number that differs from the locks of repositories.</summary>
    private const string FeedLock = "5715130290184529001";
    private readonly NpgsqlDataSource source;

    /// <summary>Uses the database of a connection string; what it says comes before the defaults here.</summary>
    public PostgreSqlDialect(string connectionString)
    {
        var settings = WithDefaults(connectionString);
        source = NpgsqlDataSource.Create(settings);
        // A publisher may need a second connection to read beside its transaction: half of them stay free for that.
        ConcurrentWriters = Math.Max(1, settings.MaxPoolSize / 2);
    }

    /// <inheritdoc/>
    public override string Name => "postgresql";

    /// <inheritdoc/>
    public override int ConcurrentWriters { get; }

    /// <inheritdoc/>
    public override string LockStatement => "SELECT pg_advisory_xact_lock(@lock);";

    /// <inheritdoc/>
    public override string EnterFeedStatement => $"SELECT pg_advisory_xact_lock_shared({FeedLock});";

    /// <inheritdoc/>
    public override string SettleFeedStatement => $"SELECT pg_advisory_xact_lock({FeedLock});";

    /// <inheritdoc/>
    public override string RaisePositionStatement =>
        "SELECT setval(pg_get_serial_sequence('changes', 'id'), GREATEST(@position, (SELECT COALESCE(MAX(id), 1) FROM changes)));";

    /// <inheritdoc/>
    public override string CreateHistoryStatement =>
        "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL);";

    /// <inheritdoc/>
    public override string UnlimitedTimeStatement => "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;";

    /// <inheritdoc/>
    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(source);

    /// <inheritdoc/>
    public override void Prepare()
    {
        // The database itself is made by its administrator.
    }

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        await source.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    public override object ToParameter(DateTimeOffset time) => time.ToUniversalTime();

    /// <inheritdoc/>
    public override object ToParameter(ReadOnlyMemory<byte> bytes) => bytes;

    /// <inheritdoc/>
    public override DateTimeOffset ReadTime(DbDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    /// <inheritdoc/>
    public override TrustError? Classify(DbException failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation } => TrustError.PublishConflict,
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => TrustError.PublishConflict,
        // Classes: data and integrity, which are about what this program asked for.
        PostgresException e when e.SqlState.StartsWith("22", StringComparison.Ordinal) || e.SqlState.StartsWith("23", StringComparison.Ordinal) => null,
        // Everything else is the database (damaged, read-only, without permissions, full, stopping) or the connection to it.
        _ => TrustError.StoreUnavailable,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private static NpgsqlConnectionStringBuilder WithDefaults(string connectionString)
    {
        var defaults = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "TrustServer",
            // PostgreSQL admits 100 connections as installed; two servers fit.
            MaxPoolSize = 40,
            Timeout = (int)DatabaseLimits.LockWait.TotalSeconds,
            CommandTimeout = (int)DatabaseLimits.StatementTime.TotalSeconds,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            // Sessions hold no state but these settings, which live as long as the connection.
            NoResetOnClose = true,
            Options = string.Create(CultureInfo.InvariantCulture,
                $"-c lock_timeout={DatabaseLimits.LockWait.TotalMilliseconds} -c statement_timeout={DatabaseLimits.StatementTime.TotalMilliseconds} -c idle_in_transaction_session_timeout={DatabaseLimits.StatementTime.TotalMilliseconds}"),
        };
        try
        {
            // The last value of a keyword counts.
            return new NpgsqlConnectionStringBuilder($"{defaults.ConnectionString};{connectionString}");
        }
        catch (ArgumentException)
        {
            // The cause may quote a password.
            throw new TrustException(TrustError.Usage, "The connection string of the database cannot be read.") { Hint = "It is like \"Host=db;Database=trust;Username=trust\"; keywords are those of Npgsql." };
        }
    }
}
