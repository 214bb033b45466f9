using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Options;

namespace TrustService.Server.Services;

/// <summary>Lets only so many publishes in at once: their uploads are held in memory.</summary>
internal sealed class PublishGate(IOptions<LimitOptions> limits)
{
    private readonly int places = limits.Value.MaxConcurrentPublishes;
    private int taken;

    /// <summary>Runs one publish, if there is room for it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.RateLimited"/>.</exception>
    public async Task EnterAsync(Func<Task> publish)
    {
        try
        {
            if (Interlocked.Increment(ref taken) > places)
                throw new TrustException(TrustError.RateLimited, $"The server is working on {places} publishes; no more are taken at the moment.") { Hint = "Try again in a few seconds." };
            await publish();
        }
        finally
        {
            Interlocked.Decrement(ref taken);
        }
    }
}
