using System.Globalization;
using System.Text.RegularExpressions;
using TrustService.Editing;
using TrustService.Errors;

namespace TrustService.Cli.Settings;

/// <summary>Lengths of time as people type them: <c>90s</c>, <c>3m</c>, <c>24h</c>, <c>365d</c>, <c>10y</c>.</summary>
internal static partial class Durations
{
    private const int SecondsPerDay = 86_400;

    // A hundred years: far beyond any use, and no date that is computed from it leaves the calendar.
    private const int LongestDays = 36_500;

    /// <summary>Reads a length of time above zero; a year has 365 days.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="option">The option, for the refusal.</param>
    /// <param name="maxDays">The longest that is allowed, in days.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static TimeSpan Parse(string text, string option, int maxDays = LongestDays)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
            throw new TrustException(TrustError.Usage, $"{option} is \"{text}\"; a number with its unit is needed.") { Hint = "Units are s, m, h, d and y: 90s, 24h, 365d." };
        var seconds = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => SecondsPerDay,
            _ => 365 * SecondsPerDay,
        };
        return seconds <= (long)maxDays * SecondsPerDay
            ? TimeSpan.FromSeconds(seconds)
            : throw new TrustException(TrustError.Usage, $"{option} is \"{text}\"; at most {maxDays}d are allowed.");
    }

    /// <summary>Reads how long metadata is to be valid: no longer than trust servers take it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static TimeSpan ParseLifetime(string text, string option) => Parse(text, option, (int)WriteLimits.Default.MaxLifetime.TotalDays);

    // Eleven digits of years are still a long of seconds.
    [GeneratedRegex(@"\A(?<number>[1-9][0-9]{0,10})(?<unit>[smhdy])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
