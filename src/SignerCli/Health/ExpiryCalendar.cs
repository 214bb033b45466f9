using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TrustService.Json;

namespace TrustService.Cli.Health;

/// <summary>Expiries as a calendar that any calendar program reads: one event for each role that people renew.</summary>
/// <remarks>Source: RFC 5545. A role keeps its UID for ever, so that a newer file moves the event instead of adding one.</remarks>
internal static class ExpiryCalendar
{
    private const int MaxLineOctets = 75;

    /// <summary>Writes the calendar.</summary>
    /// <param name="reports">The repositories.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="windows">When alarms go off before an expiry.</param>
    public static byte[] Write(IEnumerable<HealthReport> reports, DateTimeOffset now, HealthWindows windows)
    {
        var text = new StringBuilder();
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, "PRODID:-//TrustService//signer doctor//EN");
        Line(text, "CALSCALE:GREGORIAN");
        foreach (var report in reports)
        {
            foreach (var role in report.Roles.Where(role => !role.IsOnline))
                Event(text, report, role, now, windows);
        }
        Line(text, "END:VCALENDAR");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Event(StringBuilder text, HealthReport report, RoleExpiry role, DateTimeOffset now, HealthWindows windows)
    {
        Line(text, "BEGIN:VEVENT");
        Line(text, $"UID:{Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{report.Repository}\n{role.Role}")).AsSpan(0, 16))}@trustservice");
        Line(text, $"DTSTAMP:{Time(now)}");
        Line(text, $"DTSTART:{Time(role.Expires)}");
        Line(text, string.Create(CultureInfo.InvariantCulture, $"SEQUENCE:{Math.Min(role.Version, int.MaxValue)}"));
        Line(text, $"SUMMARY:{Escaped($"{role.Role} of {report.Repository} expires")}");
        Line(text, $"DESCRIPTION:{Escaped(string.Create(CultureInfo.InvariantCulture, $"Version {role.Version}. Who renews it: {role.Who}.{(role.Advice is { } advice ? $"\nHow: {advice}" : "")}"))}");
        Line(text, "TRANSP:TRANSPARENT");
        foreach (var before in (TimeSpan[])[windows.Warning, windows.Critical])
            Alarm(text, report, role, before);
        Line(text, "END:VEVENT");
    }

    private static void Alarm(StringBuilder text, HealthReport report, RoleExpiry role, TimeSpan before)
    {
        Line(text, "BEGIN:VALARM");
        Line(text, "ACTION:DISPLAY");
        Line(text, string.Create(CultureInfo.InvariantCulture, $"TRIGGER:-PT{(long)before.TotalMinutes}M"));
        Line(text, $"DESCRIPTION:{Escaped($"{role.Role} of {report.Repository} expires: {role.Who}")}");
        Line(text, "END:VALARM");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    // Source: RFC 5545 §3.3.11. Other control characters have no place in a text.
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\n')
                escaped.Append("\\n");
            else if (c is '\\' or ';' or ',')
                escaped.Append('\\').Append(c);
            else if (!char.IsControl(c))
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    // A line has at most 75 octets without its end; what is longer goes on behind a space. No character is cut. Source: RFC 5545 §3.1.
    private static void Line(StringBuilder text, string content)
    {
        var octets = 0;
        foreach (var rune in content.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxLineOctets)
            {
                text.Append("\r\n ");
                octets = 1;
            }
            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
