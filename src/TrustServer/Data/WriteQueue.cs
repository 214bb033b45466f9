using TrustService.Errors;

namespace TrustService.Server.Data;

/// <summary>
/// Lets writers of one repository wait in this process, in order, instead of on a connection each. The database's own
/// lock then decides between servers.
/// </summary>
/// <param name="lanes">Lanes that repositories are spread over; 1 if the database has one writer at a time.</param>
internal sealed class WriteQueue(int lanes)
{
    private readonly SemaphoreSlim[] queue = [.. Enumerable.Range(0, lanes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the lane of <paramref name="number"/>, at most <see cref="DatabaseLimits.LockWait"/>; disposing the result leaves it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/> if the wait is over.</exception>
    public async Task<IDisposable> EnterAsync(long number, CancellationToken cancellationToken)
    {
        var lane = queue[(ulong)number % (ulong)queue.Length];
        return await lane.WaitAsync(DatabaseLimits.LockWait, cancellationToken)
            ? new Place(lane)
            : throw new TrustException(TrustError.StoreUnavailable, $"Other publishers kept the repository busy for {DatabaseLimits.LockWait.TotalSeconds} seconds.")
            {
                Hint = "Try again.",
            };
    }

    private sealed class Place(SemaphoreSlim lane) : IDisposable
    {
        private SemaphoreSlim? held = lane;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
