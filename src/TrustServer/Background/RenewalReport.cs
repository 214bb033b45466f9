namespace TrustService.Server.Background;

/// <summary>What one round of renewal did.</summary>
/// <param name="Renewed">Repositories with a new timestamp.</param>
/// <param name="Refused">Repositories that cannot be renewed.</param>
internal readonly record struct RenewalReport(int Renewed, int Refused);
