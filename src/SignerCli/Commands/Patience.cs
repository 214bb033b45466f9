using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>
/// Time for things that servers are asked for, and a sixth of it for each, so that somebody who does not give one thing does not keep
/// the rest from being shown.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource part;
    private readonly TimeSpan each;
    private readonly CancellationToken whole;
    private readonly TrustException over;

    /// <summary>Begins the time.</summary>
    /// <param name="time">How long it is.</param>
    /// <param name="whole">Ends the work as a whole.</param>
    public Patience(TimeSpan time, CancellationToken whole)
    {
        this.whole = whole;
        each = time / 6;
        part = CancellationTokenSource.CreateLinkedTokenSource(whole);
        part.CancelAfter(time);
        over = new TrustException(TrustError.ServerUnreachable, $"The server did not give it within {each.TotalSeconds:0} s, or there was no time left to ask.") { Hint = "Try again, or allow more with --timeout." };
    }

    /// <summary>True if something was not given in time.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Does something within what is left of the time.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.ServerUnreachable"/> when the time is over: the same one each time.</exception>
    /// <exception cref="OperationCanceledException">The work as a whole was given up.</exception>
    public async Task<T> SpendAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        using var once = CancellationTokenSource.CreateLinkedTokenSource(part.Token);
        once.CancelAfter(each);
        try
        {
            return await work(once.Token);
        }
        catch (OperationCanceledException) when (!whole.IsCancellationRequested)
        {
            IsShort = true;
            throw over;
        }
    }

    /// <summary>Ends the time: what is here already still goes on, and nobody is asked for anything any more.</summary>
    public void End() => part.Cancel();

    /// <inheritdoc/>
    public void Dispose() => part.Dispose();
}
