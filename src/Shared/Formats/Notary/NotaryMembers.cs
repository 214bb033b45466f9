using System.Text.Json;
using TrustService.Json;

namespace TrustService.Formats.Notary;

/// <summary>What the readers of Go would understand in another way than this one.</summary>
internal static class NotaryMembers
{
    // Readers that turn numbers into doubles keep these exact.
    private const long MaxExact = MetadataLimits.MaxVersion;

    /// <summary>The members that are not known. One that differs from a known one in upper and lower case alone is refused: Go takes it for that one.</summary>
    public static UnrecognizedMembers Rest(JsonObjectReader reader, params ReadOnlySpan<string> known)
    {
        foreach (var member in reader.Members)
        {
            foreach (var name in known)
            {
                if (member.Name != name && Fold(member.Name).Equals(name, StringComparison.OrdinalIgnoreCase))
                    throw reader.Refuse($"has a member that some programs read as \"{name}\" and others do not");
            }
        }
        return reader.Except(known);
    }

    /// <summary>Refuses integers that do not survive in a double; a signature over them would hold for some readers only.</summary>
    public static void RequireExactNumbers(JsonElement element, JsonObjectReader place)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    RequireExactNumbers(member.Value, place);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    RequireExactNumbers(item, place);
                break;
            case JsonValueKind.Number when !element.TryGetInt64(out var number) || number is < -MaxExact or > MaxExact:
                throw place.Refuse($"holds a number beyond {MaxExact}, which other programs round");
            default:
                break;
        }
    }

    // The two letters outside ASCII that Go's comparison without case maps into it.
    private static string Fold(string name) => name.Replace('\u212A', 'k').Replace('\u017F', 's');
}
