using System.Text.Json;
using TrustService.Errors;

namespace TrustService.Oci;

/// <summary>Guards against JSON readers that take member names in any case, as those of most container tools do.</summary>
internal static class MemberNames
{
    /// <summary>Refuses an object with a member that some readers would take for one of <paramref name="names"/>.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidManifest"/>.</exception>
    public static void RefuseTwins(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var member in json.EnumerateObject())
        {
            // These two letters are s and k for Unicode case folding.
            var folded = member.Name.Replace('\u017F', 's').Replace('\u212A', 'k');
            foreach (var name in names)
            {
                if (folded.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Name != name)
                    throw ManifestReader.Invalid($"it is ambiguous: some tools read {Quoted.Text(member.Name)} as {name}");
            }
        }
    }
}
