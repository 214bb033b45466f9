using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// Shows what a targets role said in its last versions, and asks which of them no thief made. Nobody else can know: a thief also signs versions that
/// look like any other.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
internal sealed class HonestContent(CommandContext context, OwnerReading current)
{
    private const int MaxShown = 5;
    private const int MaxNamedTags = 10;

    /// <summary>The content of the version that the owner names.</summary>
    /// <param name="role">Targets or a delegated role.</param>
    /// <param name="from">The version that the command line names, or null to ask.</param>
    /// <param name="isConfirmed">True if nothing may be asked.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The content, and the highest plausible version that was ever published, which the next one follows.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.MetadataUnknown"/> if it is found nowhere; <see cref="TrustError.Usage"/> if no version is named and nobody can be asked.</exception>
    public async Task<(Targets Content, long Highest)> ChooseAsync(RoleName role, long? from, bool isConfirmed, CancellationToken cancellationToken)
    {
        var published = await PublishedAsync(role, cancellationToken);
        ImmutableArray<long> plausible = [.. published.Keys.Append(current.PublishedVersion(role)).Append(current.Remembered.GetValueOrDefault(role)?.Version ?? 0).Where(version => version is > 0 and <= OnlineVersions.MaxPlausible).Distinct().OrderDescending()];
        var shown = new Dictionary<long, Targets>();
        foreach (var version in from is { } named ? [named] : plausible.Take(MaxShown + 1))
        {
            if (plausible.Contains(version) && await ReadAsync(role, version, cancellationToken) is { } content)
                shown.Add(version, content);
        }
        if (shown.Count == 0)
        {
            throw new TrustException(TrustError.MetadataUnknown, from is null ? $"No version of {role} is found that is plausible and signed by the present keys." : $"{role} {from} is not found, or is not signed by the present keys.")
            {
                Role = role.Value,
                Hint = plausible.IsEmpty ? "Run this on a machine that has seen the repository before, or sign the images anew in a new repository." : $"Versions that are known: {string.Join(", ", plausible.Take(20))}.",
            };
        }
        Show(role, shown, published);
        var chosen = from ?? Ask(role, shown, isConfirmed);
        return (shown[chosen], plausible[0]);
    }

    private void Show(RoleName role, Dictionary<long, Targets> shown, Dictionary<long, DateTimeOffset> published)
    {
        context.Output.Say("Content", $"Versions of {role} that the stolen key signed, or its owner: nobody but you can tell which. Each with what it changed:");
        foreach (var (version, content) in shown.OrderByDescending(entry => entry.Key).Take(MaxShown))
        {
            var before = shown.Where(entry => entry.Key < version).OrderByDescending(entry => entry.Key).FirstOrDefault().Value;
            var time = published.TryGetValue(version, out var at) ? $", published {at:u}" : "";
            context.Output.Say("", $"{role} {version}{time}: {content.TargetFiles.Count} signed; {(before is null ? "the oldest that is shown" : Changes(before.TargetFiles, content.TargetFiles))}");
        }
    }

    private long Ask(RoleName role, Dictionary<long, Targets> shown, bool isConfirmed)
    {
        var versions = string.Join(", ", shown.Keys.OrderDescending());
        if (isConfirmed || !context.Host.Terminal.CanAsk)
            throw new TrustException(TrustError.Usage, $"Which version of {role} is the last honest one has to be named: {versions}.") { Role = role.Value, Hint = $"signer recover --from {role}=VERSION" };
        context.Output.EndProgress();
        var answer = context.Host.Terminal.ReadLine($"The last version of {role} that its owner made [{versions}]: ")?.Trim();
        return long.TryParse(answer, out var version) && shown.ContainsKey(version) ? version : throw new TrustException(TrustError.Declined, "No version was named; nothing was changed.");
    }

    private static string Changes(IReadOnlyDictionary<string, TargetFile> before, IReadOnlyDictionary<string, TargetFile> after)
    {
        var changes = Differences(before, after).ToList();
        return changes.Count == 0 ? "no change" : string.Join(", ", changes.Take(MaxNamedTags)) + (changes.Count > MaxNamedTags ? $" and {changes.Count - MaxNamedTags} more" : "");
    }

    /// <summary>What differs, tag by tag: <c>+</c> added, <c>-</c> removed, <c>~</c> another digest.</summary>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, TargetFile> before, IReadOnlyDictionary<string, TargetFile> after)
    {
        foreach (var path in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var (then, now) = (before.GetValueOrDefault(path), after.GetValueOrDefault(path));
            if (then is null || now is null || !now.Hashes.ContentEquals(then.Hashes))
                yield return $"{(then is null ? "+" : now is null ? "-" : "~")} {Printable.Text(path)}";
        }
    }

    private async Task<Dictionary<long, DateTimeOffset>> PublishedAsync(RoleName role, CancellationToken cancellationToken)
    {
        var versions = await context.WithinTimeoutAsync(token => context.Servers.Management.ReadVersionsAsync(current.Repository, role, token), cancellationToken);
        return versions.GroupBy(entry => entry.Version).ToDictionary(group => group.Key, group => group.First().PublishedAt);
    }

    // From wherever it is had; what counts is that the present keys signed it.
    private async Task<Targets?> ReadAsync(RoleName role, long version, CancellationToken cancellationToken)
    {
        if (version == current.PublishedVersion(role))
            return Read(current.PublishedFile(role)!.Value);
        if (current.Remembered.GetValueOrDefault(role) is { } remembered && remembered.Version == version)
            return Read(remembered.File);
        var file = await context.WithinTimeoutAsync(
            token => context.Servers.For(current.Format).Metadata(current.Repository).FetchAsync(current.Format.Rules.FileName(role, version), VerificationLimits.Default.MaxListedBytes, token), cancellationToken);
        return file is not null && Recall(role, file) == version ? Read(file) : null;
    }

    private long? Recall(RoleName role, ReadOnlyMemory<byte> file) =>
        role == RoleName.Targets ? current.Top.Snapshot.RecallTargetsVersion(file) : current.Top.DelegatesTo(role) ? current.Top.RecallDelegatedVersion(role, file) : null;

    private Targets Read(ReadOnlyMemory<byte> file) => current.Format.Read<Targets>(file, VerificationLimits.Default.MaxListedBytes).Signed;
}
