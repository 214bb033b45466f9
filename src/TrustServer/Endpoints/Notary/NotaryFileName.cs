using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using TrustService.Metadata;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>The name of a metadata file on the Notary wire: <c>targets/releases.json</c>, <c>targets.{sha256}.json</c>, <c>3.root.json</c>.</summary>
/// <param name="Role">The role.</param>
/// <param name="Version">The version, or null if it is not asked for by version; 0 is the version of no file.</param>
/// <param name="Sha256">The checksum as it was written, or null if it is not asked for by checksum; only 64 lower-case digits are the checksum of a file.</param>
internal sealed partial record NotaryFileName(RoleName Role, long? Version, string? Sha256)
{
    private const string Extension = ".json";

    /// <summary>Reads a name whose percent-encoding was taken away.</summary>
    /// <returns>False if there can be no such file.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out NotaryFileName? name)
    {
        name = null;
        if (!text.EndsWith(Extension, StringComparison.Ordinal))
            return false;
        var stem = text[..^Extension.Length];
        var last = stem.LastIndexOf('.');
        var first = stem.IndexOf('.');
        if (last > 0 && Checksum().IsMatch(stem[(last + 1)..]) && TryRole(stem[..last], out var role))
            name = new NotaryFileName(role, null, stem[(last + 1)..].ToString());
        else if (first > 0 && !stem[..first].ContainsAnyExceptInRange('0', '9') && TryRole(stem[(first + 1)..], out role))
            name = new NotaryFileName(role, long.TryParse(stem[..first], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0, null);
        else if (TryRole(stem, out role))
            name = new NotaryFileName(role, null, null);
        return name is not null;
    }

    private static bool TryRole(ReadOnlySpan<char> text, [NotNullWhen(true)] out RoleName? role)
    {
        role = null;
        return RoleGrammar().IsMatch(text) && RoleName.TryParse(text.ToString(), out role);
    }

    [GeneratedRegex(@"\A(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Checksum();

    [GeneratedRegex(@"\A(?:root|snapshot|timestamp|targets(?:/[^/\s]+)*)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RoleGrammar();
}
