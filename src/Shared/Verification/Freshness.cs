using System.Globalization;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>Checks of expiry, version and listed length that every link shares.</summary>
internal static class Freshness
{
    /// <summary>Expired means that the reference time has reached the expiry.</summary>
    public static void Require<TRole>(TRole role, RoleName name, DateTimeOffset referenceTime)
        where TRole : class, IRole
    {
        if (referenceTime >= role.Expires)
            throw new TrustException(TrustError.Expired, $"{name} {role.Version} expired {Ago(referenceTime - role.Expires)} ago ({Show(role.Expires)}).") { Role = name.Value };
    }

    public static void RequireNotLower(long offered, long trusted, RoleName role)
    {
        if (offered < trusted)
            throw new TrustException(TrustError.VersionRollback, $"Version {offered} of {role} is offered, but version {trusted} was trusted before; versions never go back.") { Role = role.Value };
    }

    public static void RequireListedVersion(long found, MetaFile listed, RoleName role, string parent)
    {
        if (listed.Version is { } version && version != found)
            throw new TrustException(TrustError.VersionMismatch, $"{role} has version {found}; {parent} lists version {version}.") { Role = role.Value };
    }

    /// <summary>A listed length takes the place of the default limit, in both directions, up to the ceiling.</summary>
    public static int ListedLimit(MetaFile listed, int unlistedLimit, int ceiling) =>
        listed.Length is { } length ? (int)Math.Min(length, ceiling) : unlistedLimit;

    private static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Ago(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{(int)span.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} minutes",
        { TotalSeconds: >= 1 and < 2 } => "1 second",
        _ => $"{(int)span.TotalSeconds} seconds",
    };
}
