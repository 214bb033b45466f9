using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Endpoints;
using TrustService.Server.Endpoints.Notary;
using TrustService.Server.Options;

namespace TrustService.Server.Security;

/// <summary>How many requests of one client address are taken in a second, reads and writes apart.</summary>
internal static class RateLimits
{
    /// <summary>Policy for reading routes.</summary>
    public const string Reads = "reads";

    /// <summary>Policy for writing routes.</summary>
    public const string Writes = "writes";

    // Clients come in bursts: the several files of one update, the jobs of one pipeline.
    private const int BurstSeconds = 5;

    /// <summary>Adds the policies.</summary>
    public static IServiceCollection AddTrustRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.AddPolicy(Reads, context => Limit(context, MakesKeys(context)));
        options.AddPolicy(Writes, context => Limit(context, isWriting: true));
        options.OnRejected = (rejected, _) => RejectAsync(rejected.HttpContext, rejected.Lease);
    });

    private static LimitOptions Limits(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;

    // The one GET that may write: Notary clients have no other way to ask for a first key.
    private static bool MakesKeys(HttpContext context) => context.Request.Path.Value is { } path && path.EndsWith(".key", StringComparison.Ordinal) && NotaryPath.IsOfNotary(context.Request.Path);

    private static RateLimitPartition<(ClientNetwork Network, bool IsWriting)> Limit(HttpContext context, bool isWriting)
    {
        var perSecond = isWriting ? Limits(context).WritesPerSecond : Limits(context).ReadsPerSecond;
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (perSecond == 0 || (IPAddress.IsLoopback(address) && !Limits(context).LimitLoopback))
            return RateLimitPartition.GetNoLimiter((default(ClientNetwork), isWriting));
        return RateLimitPartition.GetTokenBucketLimiter((ClientNetwork.Of(address), isWriting), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * BurstSeconds,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    private static ValueTask RejectAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
        context.Response.Headers.RetryAfter = Math.Max(1, wait).ToString(CultureInfo.InvariantCulture);
        var refusal = new TrustException(TrustError.RateLimited, "This address sends more requests than one client may.") { Hint = $"Wait {Math.Max(1, wait)} s. Limits: ReadsPerSecond and WritesPerSecond of the server's settings." };
        return new ValueTask(ErrorAnswer.WriteAsync(context, refusal));
    }
}
