namespace TrustService.Testing;

/// <summary>A clock that a test sets. It never moves by itself.</summary>
public sealed class FixedTime : TimeProvider
{
    /// <summary>Where clocks of tests start: 1 March 2030, noon.</summary>
    public static readonly DateTimeOffset Start = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The time that the clock shows, UTC.</summary>
    public DateTimeOffset Now { get; set; } = Start;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
