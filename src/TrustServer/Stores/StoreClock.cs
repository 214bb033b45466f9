namespace TrustService.Server.Stores;

/// <summary>The time as the store keeps it.</summary>
internal static class StoreClock
{
    /// <summary>Now (UTC), in whole milliseconds: what both databases keep and give back.</summary>
    public static DateTimeOffset Now(TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
