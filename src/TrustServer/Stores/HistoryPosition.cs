using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TrustService.Server.Stores;

/// <summary>A place in a repository's history, which runs from the newest file to the oldest.</summary>
/// <param name="CreatedAt">When the file there was published (UTC, whole milliseconds).</param>
/// <param name="Version">Its version.</param>
/// <param name="Role">Its role.</param>
internal sealed record HistoryPosition(DateTimeOffset CreatedAt, long Version, string Role)
{
    /// <summary>Text for a URL: milliseconds since 1970, version and role, joined by full stops.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.ToUnixTimeMilliseconds()}.{Version}.{Role}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out HistoryPosition? position)
    {
        position = null;
        if (text?.Split('.', 3) is not [var time, var version, { Length: > 0 } role]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || !long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;
        position = new HistoryPosition(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), number, role);
        return true;
    }
}
