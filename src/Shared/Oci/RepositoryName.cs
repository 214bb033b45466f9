using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TrustService.Errors;

namespace TrustService.Oci;

/// <summary>
/// The full name of an OCI repository, registry host included; it is also the name of the repository's metadata set.
/// </summary>
/// <remarks>
/// The only grammar for repository names. Source: OCI distribution-spec 1.1, Pulling manifests (path), and Docker's rules
/// for short names.
/// </remarks>
public sealed partial record RepositoryName
{
    private const string DockerHub = "docker.io";

    private RepositoryName(string host, string path) => (Host, Path) = (host, path);

    /// <summary>Registry host in lower case, with its port if one was given; <c>docker.io</c> for Docker Hub; empty if this is no OCI name.</summary>
    public string Host { get; }

    /// <summary>Name within the registry, as <c>library/alpine</c>.</summary>
    public string Path { get; }

    /// <summary>Host and path, as <c>docker.io/library/alpine</c>.</summary>
    public string Value => IsOciName ? $"{Host}/{Path}" : Path;

    /// <summary>True if a registry can have such a repository; false for a name that only trust data has (<see cref="ParseExact"/>).</summary>
    public bool IsOciName => Host.Length > 0;

    /// <summary>Host that answers the registry API; differs from <see cref="Host"/> for Docker Hub only.</summary>
    public string ApiHost => Host == DockerHub ? "registry-1.docker.io" : Host;

    /// <summary>Name for a file or directory of this repository: 64 hexadecimal digits, so no name can leave its directory.</summary>
    public string FileName => Digest.OfSha256(Encoding.UTF8.GetBytes(Value)).Hex;

    /// <summary>Reads a name as people type it: short names of Docker Hub are completed, the host is put in lower case.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/>.</exception>
    public static RepositoryName Parse(string text) => Read(text, out var name) is not { } problem ? name! : throw Invalid(text, problem);

    /// <summary>Reads a name as people type it; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RepositoryName? name)
    {
        name = null;
        return text is not null && Read(text, out name) is null;
    }

    /// <summary>Reads a name that must be in its full form already, as in URLs and in what programs exchange.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/>; the hint shows the full form if there is one.</exception>
    public static RepositoryName ParseCanonical(string text)
    {
        var name = Parse(text);
        return name.Value == text
            ? name
            : throw new TrustException(TrustError.InvalidRepositoryName, $"{Quoted.Text(text)} is not the full name of a repository.")
            {
                Hint = $"Its full name is {name.Value}.",
            };
    }

    /// <summary>Reads a name that must be in its full form already; false if it is not.</summary>
    public static bool TryParseCanonical([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RepositoryName? name)
    {
        if (TryParse(text, out name) && name.Value == text)
            return true;
        name = null;
        return false;
    }

    /// <summary>Reads a name exactly as it stands: one in its full form, or any other that a Notary repository may have.</summary>
    /// <remarks>Nothing is completed and no case is changed, so that the text comes back as <see cref="Value"/>.</remarks>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/>.</exception>
    public static RepositoryName ParseExact(string text)
    {
        if (TryParseCanonical(text, out var name))
            return name;
        return ExactProblem(text) is { } problem
            ? throw new TrustException(TrustError.InvalidRepositoryName, $"{Quoted.Text(text)} is not the name of a repository: {problem}.")
            : new RepositoryName("", text);
    }

    /// <summary>The full name.</summary>
    public override string ToString() => Value;

    /// <returns>Null and a name, or what is wrong.</returns>
    private static string? Read(string text, out RepositoryName? name)
    {
        name = null;
        if (text.Length is 0 or > OciLimits.MaxRepositoryNameLength)
            return $"it has {text.Length} characters; 1 to {OciLimits.MaxRepositoryNameLength} are allowed";
        var slash = text.IndexOf('/');
        var hasHost = slash > 0 && HostGrammar.LooksLikeHost(text[..slash]);
        var host = hasHost ? text[..slash].ToLowerInvariant() : DockerHub;
        var path = hasHost ? text[(slash + 1)..] : text;
        // ToLowerInvariant maps a few letters outside ASCII onto ASCII ones (the Kelvin sign becomes k).
        if (!Ascii.IsValid(text) || !HostGrammar.IsValid(host))
            return "its registry host is not a host name or address with an optional port";
        if (!PathGrammar().IsMatch(path))
            return "its path may hold lower-case letters, digits and single separators (. _ __ -) between them, in parts joined by /";
        if (host is "index.docker.io" or "registry-1.docker.io")
            host = DockerHub;
        if (host == DockerHub && !path.Contains('/', StringComparison.Ordinal))
            path = "library/" + path;
        if (host.Length + 1 + path.Length > OciLimits.MaxRepositoryNameLength)
            return $"its full form is longer than {OciLimits.MaxRepositoryNameLength} characters";
        name = new RepositoryName(host, path);
        return null;
    }

    private static string? ExactProblem(string text)
    {
        if (text.Length is 0 or > OciLimits.MaxRepositoryNameLength)
            return $"it has {text.Length} characters; 1 to {OciLimits.MaxRepositoryNameLength} are allowed";
        if (text.EnumerateRunes().Any(IsUnfit))
            return "it has a space, an asterisk, a backslash or a character that cannot be seen";
        return text.Split('/').Any(part => part is "" or "." or "..")
            ? "its parts, joined by single slashes, may not be empty, . or .."
            : null;
    }

    // Lone surrogates are enumerated as U+FFFD, which stands for text that was lost.
    private static bool IsUnfit(Rune rune) =>
        rune.Value is '*' or '\\' or 0xFFFD || Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static TrustException Invalid(string text, string problem) =>
        new(TrustError.InvalidRepositoryName, $"{Quoted.Text(text)} is not a repository name: {problem}.")
        {
            Hint = "A repository is named like registry.example.com/team/app, or alpine for docker.io/library/alpine.",
        };

    // Each character decides alone how to go on, so that no text takes long; an engine that needs no such care takes 0.1 s to start.
    [GeneratedRegex(
        @"\A[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex PathGrammar();
}
