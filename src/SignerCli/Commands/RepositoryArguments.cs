using System.Collections.Immutable;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>The repositories that a command line means: by name, or all below a name as the trust server lists them.</summary>
internal static class RepositoryArguments
{
    /// <summary>The repositories, each once, in the order of the command line.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> for what is neither, <see cref="TrustError.RepositoryUnknown"/> for a pattern that means none, or a refusal of the server.</exception>
    public static async Task<ImmutableArray<RepositoryName>> ExpandAsync(CommandContext context, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var found = new List<RepositoryName>();
        ImmutableArray<RepositoryName>? all = null;
        foreach (var text in texts)
        {
            if (!text.Contains('*', StringComparison.Ordinal))
            {
                found.Add(Name(text));
                continue;
            }
            var pattern = RepositoryPattern.Parse(text);
            all ??= await context.WithinTimeoutAsync(context.Servers.Own.ListRepositoriesAsync, cancellationToken);
            var matching = all.Value.Where(pattern.Matches).ToList();
            if (matching.Count == 0)
                throw new TrustException(TrustError.RepositoryUnknown, $"{context.Servers.Address} has no repository {text}.");
            found.AddRange(matching);
        }
        return [.. found.Distinct()];
    }

    private static RepositoryName Name(string text)
    {
        var reference = ImageReference.Parse(text);
        return reference.TagIsImplied ? reference.Repository : throw new TrustException(TrustError.Usage, $"{text} names an image; a repository is needed: {reference.Repository}");
    }
}
