namespace TrustService.Server.Data;

/// <summary>How long the database may keep a request waiting.</summary>
internal static class DatabaseLimits
{
    /// <summary>How long a writer waits for another one: in this process, and again in the database.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    /// <summary>How long one statement may run.</summary>
    public static readonly TimeSpan StatementTime = TimeSpan.FromSeconds(30);
}
