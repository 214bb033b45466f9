namespace TrustService.Server.Stores;

/// <summary>Every maximum of the store.</summary>
internal static class StoreLimits
{
    /// <summary>How long a publisher waits for another one of the same repository.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    /// <summary>How long one statement may run.</summary>
    public static readonly TimeSpan StatementTime = TimeSpan.FromSeconds(30);

    /// <summary>Rows in one page of a list.</summary>
    public const int MaxPageSize = 1000;
}
