using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Settings;

/// <summary>One repository, or everything below a name: <c>registry.example.com/team/*</c>. The star stands for whole parts of a name only.</summary>
internal sealed record RepositoryPattern
{
    private const string Below = "/*";

    private readonly string name;
    private readonly bool isPrefix;

    private RepositoryPattern(string name, bool isPrefix) => (this.name, this.isPrefix) = (name, isPrefix);

    /// <summary>How narrow it is: a repository is narrower than any prefix, a longer prefix than a shorter one.</summary>
    public int Narrowness => isPrefix ? name.Length : int.MaxValue;

    /// <summary>The one repository that is meant, or null if it is all below a name.</summary>
    public RepositoryName? Repository => isPrefix ? null : RepositoryName.ParseCanonical(name);

    /// <summary>Reads a pattern; names must be in their full form.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static RepositoryPattern Parse(string text)
    {
        var isPrefix = text.EndsWith(Below, StringComparison.Ordinal);
        var name = isPrefix ? text[..^Below.Length] : text;
        // A host alone is no repository; as the start of names it is put through the same grammar with a part after it.
        return RepositoryName.TryParseCanonical(isPrefix ? name + "/x" : name, out _)
            ? new RepositoryPattern(name, isPrefix)
            : throw new TrustException(TrustError.Usage, $"\"{text}\" is not a repository in full, nor one followed by /*.") { Hint = "Patterns are like registry.example.com/team/app or registry.example.com/team/*." };
    }

    /// <summary>True if the repository is meant.</summary>
    public bool Matches(RepositoryName repository) =>
        isPrefix ? repository.Value.StartsWith(name + "/", StringComparison.Ordinal) : repository.Value == name;
}
