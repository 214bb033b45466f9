using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Server.Endpoints;

/// <summary>The name of a metadata file under consistent snapshots: <c>3.targets.json</c>, <c>timestamp.json</c>, <c>root.json</c>.</summary>
/// <param name="Role">The role.</param>
/// <param name="Version">The version, or null for the current one.</param>
internal readonly record struct MetadataFileName(RoleName Role, long? Version)
{
    private const string Extension = ".json";

    /// <summary>The file that clients ask for most.</summary>
    public static readonly MetadataFileName CurrentTimestamp = new(RoleName.Timestamp, null);

    /// <summary>Reads a name whose percent-encoding was taken away.</summary>
    /// <returns>False if there can be no such file.</returns>
    public static bool TryParse(string text, out MetadataFileName name)
    {
        name = CurrentTimestamp;
        if (text == "timestamp.json")
            return true;
        if (!text.EndsWith(Extension, StringComparison.Ordinal))
            return false;
        var stem = text.AsSpan(0, text.Length - Extension.Length);
        var dot = stem.IndexOf('.');
        if (dot > 0 && TryVersion(stem[..dot], out var version) && RoleName.TryParse(stem[(dot + 1)..].ToString(), out var role))
            name = new MetadataFileName(role, version);
        else if (stem is "root")
            name = new MetadataFileName(RoleName.Root, null);
        else
            return false;
        return true;
    }

    private static bool TryVersion(ReadOnlySpan<char> text, out long version)
    {
        version = 0;
        return !text.StartsWith('0') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version is > 0 and <= MetadataLimits.MaxVersion;
    }
}
