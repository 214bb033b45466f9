using System.Globalization;
using System.Text.RegularExpressions;

namespace TrustService.Oci;

/// <summary>What the registry part of a repository name may be, in lower case: a DNS name, an IPv4 or a bracketed IPv6 address, and a port.</summary>
internal static partial class HostGrammar
{
    /// <summary>True if <paramref name="component"/>, the first of several, names a registry and not a path. Source: Docker's rule.</summary>
    public static bool LooksLikeHost(string component) =>
        component.AsSpan().ContainsAny('.', ':') || component.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>True if <paramref name="host"/> is well formed.</summary>
    public static bool IsValid(string host)
    {
        var match = Host().Match(host);
        if (!match.Success)
            return false;
        var port = match.Groups["port"];
        if (port.Success && int.Parse(port.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) > ushort.MaxValue)
            return false;
        var address = match.Groups["ip6"];
        return !address.Success || IsIPv6(address.Value);
    }

    private static bool IsIPv6(string address)
    {
        var halves = address.Split("::");
        if (halves.Length > 2)
            return false;
        var groups = halves.Where(half => half.Length > 0).SelectMany(half => half.Split(':')).ToArray();
        return groups.All(group => group.Length is >= 1 and <= 4) && (halves.Length == 2 ? groups.Length <= 7 : groups.Length == 8);
    }

    // Labels are short and dots divide them, so that no text takes long.
    [GeneratedRegex(
        @"\A(?:\[(?<ip6>[0-9a-f:]{2,39})\]|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*)(?::(?<port>[1-9][0-9]{0,4}))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
