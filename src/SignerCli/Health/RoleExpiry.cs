using System.Collections.Immutable;
using System.Globalization;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Health;

/// <summary>A role, until when it is valid, and who can renew it.</summary>
/// <param name="Role">The role.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Its expiry, UTC.</param>
/// <param name="Threshold">How many of the holders must sign.</param>
/// <param name="Holders">The holders of its keys, by name where one is known.</param>
internal sealed record RoleExpiry(RoleName Role, long Version, DateTimeOffset Expires, int Threshold, ImmutableArray<string> Holders)
{
    /// <summary>When it was signed, UTC, where it says so.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>True if the trust server signs it, by itself.</summary>
    public bool IsOnline { get; init; }

    /// <summary>The role that delegates to it, or null if root lists it.</summary>
    public RoleName? Delegator { get; init; }

    /// <summary>What the holders do, or null if there is nothing for people to do.</summary>
    public string? Advice { get; init; }

    /// <summary>Who acts, for people.</summary>
    public string Who => IsOnline ? "the trust server"
        : Holders.Length == 1 ? Holders[0]
        : string.Create(CultureInfo.InvariantCulture, $"{Threshold} of {string.Join(", ", Holders)}");

    /// <summary>What is wrong with it at a time; null if nothing is.</summary>
    public HealthFinding? Judge(DateTimeOffset now, HealthWindows windows)
    {
        if (Expires <= now)
            return Finding("expired", Severity.Critical, $"{Role} {Version} expired on {CommandOutput.Date(Expires)}: verifiers refuse what depends on it.");
        if (IsOnline)
            return IsOverdue(now) ? Finding("renewal-overdue", Severity.Warning, $"{Role} {Version} should have been renewed by the trust server before now; it expires {When(now)}.") : null;
        return Expires - now <= windows.Critical ? Finding("expires-soon", Severity.Critical, $"{Role} {Version} expires {When(now)}.")
            : Expires - now <= windows.Warning ? Finding("expires-soon", Severity.Warning, $"{Role} {Version} expires {When(now)}.")
            : null;
    }

    /// <summary>The time that is left, in words.</summary>
    public string Left(DateTimeOffset now) => (Expires - now) switch
    {
        var left when left <= TimeSpan.Zero => "EXPIRED",
        { TotalDays: >= 2 } left => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalDays} days"),
        var left => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} hours"),
    };

    private bool IsOverdue(DateTimeOffset now) =>
        Role == RoleName.Snapshot ? ExpiryWatch.IsSnapshotOverdue(Expires, now) : ExpiryWatch.IsTimestampOverdue(SignedAt, Expires, now);

    private string When(DateTimeOffset now) => $"on {CommandOutput.Date(Expires)}, in {Left(now)}";

    private HealthFinding Finding(string code, Severity severity, string text) => new(code, severity, Outcome.Stale, text)
    {
        Role = Role.Value,
        Advice = IsOnline ? "The operator of the trust server looks at its log and at /readyz; it renews by itself." : Advice is null ? Who : $"{Who}: {Advice}",
    };
}
