using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>All that a role says of a target, as people read it.</summary>
/// <remarks>
/// What somebody signs is compared with the target that these words alone make (<see cref="ToTarget"/>), and all words are printed
/// (<see cref="ToString"/>). So a member that has no words here can be in no change that somebody signs.
/// </remarks>
public sealed class TargetWords
{
    private const string LengthLabel = "length ";
    private const string CustomLabel = "custom ";

    // The label of a hash is its algorithm with a colon, which ends no other label.
    private readonly ImmutableArray<(string Label, string Value)> words;

    private TargetWords(ImmutableArray<(string Label, string Value)> words) => this.words = words;

    /// <summary>The words for a target.</summary>
    public static TargetWords Of(TargetFile target)
    {
        var words = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var hash in target.Hashes.Values.Where(hash => hash.Algorithm.All(c => char.IsAsciiLetterOrDigit(c) || c is '-')).OrderBy(hash => hash.Algorithm, StringComparer.Ordinal))
            words.Add((hash.Algorithm + ":", Hex.Encode(hash.Value.Span)));
        words.Add((LengthLabel, target.Length.ToString(CultureInfo.InvariantCulture)));
        if (target.Custom is { } custom)
            words.Add((CustomLabel, ReadableJson.Of(custom)));
        return new TargetWords(words.ToImmutable());
    }

    /// <summary>The target that has these words, and nothing else.</summary>
    public TargetFile ToTarget() => new()
    {
        Length = long.Parse(words.Single(word => word.Label == LengthLabel).Value, CultureInfo.InvariantCulture),
        Hashes = new FileHashes([.. words.Where(word => word.Label.EndsWith(':')).Select(word => new FileHash(word.Label[..^1], Convert.FromHexString(word.Value)))]),
        Custom = words.Where(word => word.Label == CustomLabel).Select(word => (JsonElement?)StrictJson.Parse(Encoding.UTF8.GetBytes(word.Value), JsonLimits.OfBytes(int.MaxValue))).SingleOrDefault(),
    };

    /// <summary>Those of the words that another target does not have: <c>sha256:…  no custom</c>. Empty if there are none.</summary>
    public string WithoutThoseOf(TargetWords other) => string.Join("  ", words.Except(other.words).Select(Text)
        .Concat(other.words.Where(word => !words.Any(own => own.Label == word.Label)).Select(word => $"no {word.Label.TrimEnd(' ', ':')}")));

    /// <summary>All words: <c>sha256:…  length 528  custom {"a":"b"}</c>.</summary>
    public override string ToString() => string.Join("  ", words.Select(Text));

    private static string Text((string Label, string Value) word) => word.Label + word.Value;
}
