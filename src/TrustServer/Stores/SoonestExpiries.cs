namespace TrustService.Server.Stores;

/// <summary>For each top-level role the first expiry in all repositories together (UTC): one number to alert on, however many repositories there are.</summary>
/// <param name="Root">Of root.</param>
/// <param name="Targets">Of targets.</param>
/// <param name="Snapshot">Of snapshot.</param>
/// <param name="Timestamp">Of timestamp.</param>
internal sealed record SoonestExpiries(DateTimeOffset Root, DateTimeOffset Targets, DateTimeOffset Snapshot, DateTimeOffset Timestamp);
