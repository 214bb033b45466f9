namespace TrustService.Cli.Health;

/// <summary>How long before its expiry a role is spoken of.</summary>
/// <param name="Warning">From when on it is a warning.</param>
/// <param name="Critical">From when on it is critical.</param>
internal sealed record HealthWindows(TimeSpan Warning, TimeSpan Critical);
