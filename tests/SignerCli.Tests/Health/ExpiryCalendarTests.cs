using System.Text;
using TrustService.Cli.Health;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Tests.Health;

public sealed class ExpiryCalendarTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HealthWindows Windows = new(TimeSpan.FromDays(30), TimeSpan.FromDays(7));

    [Fact]
    public void Write_Roles_IsOneEventForEachThatPeopleRenew()
    {
        var events = Parse(ExpiryCalendar.Write([Report(1)], Now, Windows));

        var only = Assert.Single(events);
        Assert.Equal("20270203T040506Z", only["DTSTART"]);
        Assert.Equal("20260101T000000Z", only["DTSTAMP"]);
        Assert.Equal("-PT43200M -PT10080M", only["TRIGGER"]);
        Assert.Equal("targets of registry.example.com/team/app expires", only["SUMMARY"]);
        Assert.Equal("Version 1. Who renews it: 2 of Élodie; \"the first\", back\\slash, bob with a name that is long enough to make the line longer than lines may be.\nHow: signer renew", only["DESCRIPTION"]);
    }

    [Fact]
    public void Write_NextVersion_MovesTheSameEvent()
    {
        var before = Parse(ExpiryCalendar.Write([Report(1)], Now, Windows))[0];
        var after = Parse(ExpiryCalendar.Write([Report(2)], Now.AddDays(1), Windows))[0];

        Assert.Equal(before["UID"], after["UID"]);
        Assert.Equal(("1", "2"), (before["SEQUENCE"], after["SEQUENCE"]));
    }

    private static HealthReport Report(long version) => new(
        RepositoryName.Parse("registry.example.com/team/app"),
        [
            new RoleExpiry(RoleName.Targets, version, new DateTimeOffset(2027, 2, 3, 4, 5, 6, TimeSpan.Zero), 2, ["Élodie; \"the first\"", "back\\slash", "bob with a name that is long enough to make the line longer than lines may be"]) { Advice = "signer renew" },
            new RoleExpiry(RoleName.Timestamp, 9, Now.AddDays(1), 1, []) { IsOnline = true },
        ],
        []);

    // As RFC 5545 reads: CRLF, lines of at most 75 octets, continued behind a space, text with its escapes.
    private static List<Dictionary<string, string>> Parse(byte[] file)
    {
        var text = Encoding.UTF8.GetString(file);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var physical = text[..^2].Split("\r\n");
        Assert.All(physical, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 75));
        Assert.All(physical, line => Assert.DoesNotContain('\n', line));
        var lines = text[..^2].Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        Assert.Equal(("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR"), (lines[0], lines[1], lines[^1]));
        var events = new List<Dictionary<string, string>>();
        var open = new Stack<string>();
        foreach (var line in lines)
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            if (name == "BEGIN")
                open.Push(value);
            if (name == "BEGIN" && value == "VEVENT")
                events.Add([]);
            else if (name == "END")
                Assert.Equal(value, open.Pop());
            else if (name == "TRIGGER")
                events[^1][name] = events[^1].TryGetValue(name, out var first) ? $"{first} {value}" : value;
            else if (open.TryPeek(out var component) && component == "VEVENT")
                events[^1].Add(name, Unescaped(value));
        }
        Assert.Empty(open);
        return events;
    }

    private static string Unescaped(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
            text.Append(value[i] != '\\' ? value[i] : value[++i] is 'n' or 'N' ? '\n' : value[i]);
        return text.ToString();
    }
}
