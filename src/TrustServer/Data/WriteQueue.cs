using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>
/// Lets writers of one repository wait in this process, in order, instead of on a connection each. The database's own
/// lock then decides between servers.
/// </summary>
/// <param name="writers">Writers of different repositories at a time.</param>
internal sealed class WriteQueue(int writers) : IDisposable
{
    /// <summary>Lanes that repositories are spread over: so many that two seldom share one.</summary>
    private const int Lanes = 1024;

    private readonly SemaphoreSlim[] queue = [.. Enumerable.Range(0, writers == 1 ? 1 : Lanes).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly SemaphoreSlim all = new(writers, writers);

    /// <summary>Waits for the lane of <paramref name="number"/>, at most <see cref="DatabaseLimits.LockWait"/>; disposing the result leaves it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/> if the wait is over.</exception>
    public async Task<IDisposable> EnterAsync(long number, CancellationToken cancellationToken)
    {
        var lane = queue[(ulong)number % (ulong)queue.Length];
        if (!await lane.WaitAsync(DatabaseLimits.LockWait, cancellationToken))
            throw Busy();
        var place = new Place(lane);
        try
        {
            if (!await all.WaitAsync(DatabaseLimits.LockWait, cancellationToken))
                throw Busy();
            place.Add(all);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => all.Dispose();

    private static TrustException Busy() =>
        new(TrustError.StoreUnavailable, $"Other publishers kept the database busy for {DatabaseLimits.LockWait.TotalSeconds} seconds.") { Hint = "Try again." };

    private sealed class Place(SemaphoreSlim lane) : IDisposable
    {
        private SemaphoreSlim? first = lane;
        private SemaphoreSlim? second;

        public void Add(SemaphoreSlim taken) => second = taken;

        public void Dispose()
        {
            Interlocked.Exchange(ref second, null)?.Release();
            Interlocked.Exchange(ref first, null)?.Release();
        }
    }
}
