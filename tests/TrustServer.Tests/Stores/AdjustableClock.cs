namespace TrustService.Server.Tests.Stores;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class AdjustableClock : TimeProvider
{
    private long now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    /// <summary>Moves the clock ahead.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref now, time.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref now), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref now);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}
