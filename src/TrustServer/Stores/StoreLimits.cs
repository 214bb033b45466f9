namespace TrustService.Server.Stores;

/// <summary>Every maximum of the store.</summary>
internal static class StoreLimits
{
    /// <summary>Rows in one page of a list.</summary>
    public const int MaxPageSize = 1000;
}
