using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using TrustService.Errors;

namespace TrustService.Metadata;

/// <summary>What people call the holders of keys: a signed member of root and of targets, beside what the formats define.</summary>
/// <remarks>Written strictly, read liberally: a member that is anything else is kept as an unknown one. Nothing is decided by a name.</remarks>
public static class KeyNames
{
    /// <summary>The member of the signed part: an object of names by key id.</summary>
    public const string Member = "x-key-names";

    /// <summary>Characters of a name at the most.</summary>
    public const int MaxLength = 64;

    /// <summary>Names of one file at the most; more are not read.</summary>
    public const int MaxCount = 4096;

    /// <summary>No name.</summary>
    public static readonly IReadOnlyDictionary<KeyId, string> None = FrozenDictionary<KeyId, string>.Empty;

    // What stands between names and ids where both are shown: a name must not look like two, or like one with another id.
    private static readonly SearchValues<char> Separators = SearchValues.Create("(),…");

    /// <summary>True for 1 to <see cref="MaxLength"/> characters that can be seen, without parentheses, commas and ellipses; spaces only inside.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAny(Separators) && text[0] != ' ' && text[^1] != ' ' && text.EnumerateRunes().All(IsVisible);

    /// <summary>The name itself.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if it cannot be one.</exception>
    public static string Require(string text) =>
        IsName(text) ? text : throw new TrustException(TrustError.Usage, $"\"{text}\" cannot be the name of a key holder: 1 to {MaxLength} visible characters are needed, without parentheses and commas.");

    /// <summary>Reads the member; null if it is not one of the kind that is written here.</summary>
    public static IReadOnlyDictionary<KeyId, string>? TryRead(JsonElement member)
    {
        if (member.ValueKind != JsonValueKind.Object || member.GetPropertyCount() is 0 or > MaxCount)
            return null;
        var names = new Dictionary<KeyId, string>();
        foreach (var entry in member.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString() is not { } name || !IsName(name))
                return null;
            names[new KeyId(entry.Name)] = name;
        }
        return names.AsReadOnly();
    }

    // Half of a pair that stands alone comes out as the replacement character, which is a symbol of its own.
    private static bool IsVisible(System.Text.Rune rune) => rune == new System.Text.Rune(' ')
        || (rune != System.Text.Rune.ReplacementChar && System.Text.Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned));
}
