using System.Globalization;
using System.Text;
using TrustService.Errors;

namespace TrustService.Client;

/// <summary>The latest time that a run of a repository has seen, so that a clock which was set back is noticed.</summary>
internal sealed class ClockMemory(IMetadataCache cache, DateTimeOffset referenceTime, TimeSpan? tolerance)
{
    private const string LastSeenFile = "last-seen";

    public void Check()
    {
        if (tolerance is { } allowed && ReadLastSeen() is { } lastSeen && lastSeen - referenceTime > allowed)
            throw new TrustException(TrustError.ClockWentBack, $"The clock shows {referenceTime:u}, but a former run saw {lastSeen:u}. With a wrong clock expired metadata looks fresh.") 
            {
                Hint = $"Set the clock. If it is right now and was wrong then, remove this file, of which each repository has one: {cache.LocationOf(LastSeenFile)}",
            };
    }

    // Only forward: many small steps back would otherwise add up. And not by a run that does not look at the clock.
    public void Remember()
    {
        if (tolerance is not null && !(ReadLastSeen() >= referenceTime))
            cache.Write(LastSeenFile, Encoding.UTF8.GetBytes(referenceTime.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
    }

    private DateTimeOffset? ReadLastSeen() =>
        cache.Read(LastSeenFile) is { } bytes && DateTimeOffset.TryParse(Encoding.UTF8.GetString(bytes), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var lastSeen) ? lastSeen : null;
}
