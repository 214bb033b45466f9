using System.Globalization;
using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Cli.Settings;

/// <summary>Lengths of time as people type them: <c>90s</c>, <c>3m</c>, <c>24h</c>, <c>365d</c>, <c>10y</c>.</summary>
internal static partial class Durations
{
    /// <summary>Reads a length of time above zero; a year has 365 days.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static TimeSpan Parse(string text, string option)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
            throw new TrustException(TrustError.Usage, $"{option} is \"{text}\"; a number with its unit is needed.") { Hint = "Units are s, m, h, d and y: 90s, 24h, 365d." };
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return number * match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.FromDays(365),
        };
    }

    [GeneratedRegex(@"\A(?<number>[1-9][0-9]{0,5})(?<unit>[smhdy])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
