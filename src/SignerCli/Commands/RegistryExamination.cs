using System.Globalization;
using TrustService.Cli.Health;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Compares what a registry serves with what is signed: which tags are not signed, which were moved, which are gone.</summary>
/// <param name="registry">The registry.</param>
/// <param name="repository">The repository.</param>
internal sealed class RegistryExamination(RegistryClient registry, RepositoryName repository)
{
    private const int MaxNamed = 5;

    private readonly List<HealthFinding> moved = [];
    private readonly List<string> gone = [];
    private readonly List<string> unanswered = [];
    private List<string> unsigned = [];
    private TrustException? outage;

    /// <summary>What was found up to now; it stays when the examination ends early.</summary>
    public IEnumerable<HealthFinding> Findings
    {
        get
        {
            foreach (var finding in moved)
                yield return finding;
            if (unsigned.Count > 0)
                yield return new HealthFinding("unsigned-tag", Severity.Critical, Outcome.Unsigned, $"{Count(unsigned.Count)} in the registry, but not signed: {Name(unsigned)}.") { Advice = $"Sign them if they are meant: signer sign {repository}:{unsigned[0]}" };
            if (outage is not null)
                yield return new HealthFinding("registry", Severity.Critical, outage.Info.Outcome, $"{Count(unanswered.Count)} not compared: {Name(unanswered)}. {outage.Message}") { Advice = outage.Hint };
            if (gone.Count > 0)
                yield return new HealthFinding("missing-tag", Severity.Notice, Outcome.DigestMismatch, $"{Count(gone.Count)} signed, but not in the registry: {Name(gone)}.") { Advice = $"If nobody is to pull them: signer revoke {repository}:{gone[0]}" };
        }
    }

    /// <summary>Compares.</summary>
    /// <param name="all">Everything that is signed.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="TrustException">A refusal of the registry's list.</exception>
    public async Task ReadAsync(IEnumerable<FoundTarget> all, CancellationToken cancellationToken)
    {
        var signed = all.Where(found => TargetNames.DigestOf(found.Path) is null).ToDictionary(found => found.Path, StringComparer.Ordinal);
        // Each is asked for: the list is the registry's word, and may leave out a tag that is served all the same.
        foreach (var found in signed.Values.OrderBy(found => found.Path, StringComparer.Ordinal))
            await CompareAsync(found, cancellationToken);
        unsigned = [.. (await registry.ListTagsAsync(repository, cancellationToken)).Where(tag => !signed.ContainsKey(tag))];
    }

    private async Task CompareAsync(FoundTarget found, CancellationToken cancellationToken)
    {
        if (!TargetNames.IsTag(found.Path))
        {
            gone.Add(found.Path);
            return;
        }
        try
        {
            var served = await registry.ResolveAsync(ImageReference.OfTag(repository, found.Path), cancellationToken);
            if (found.Target.Hashes.Sha256 is not { } sha256 || served.Digest.Hex != Hex.Encode(sha256.Span))
                Add(found, $"{found.Path} is signed as {InspectReport.DigestOf(found)}, and the registry serves {served.Digest}: somebody moved the tag after it was signed.", $"Find out who pushed; if it is meant: signer sign {repository}:{found.Path}");
        }
        catch (TrustException e) when (e.Error == TrustError.ImageUnknown)
        {
            gone.Add(found.Path);
        }
        catch (TrustException e) when (e.Info.Outcome == Outcome.Unreachable)
        {
            // What the other tags say is not to be lost.
            unanswered.Add(found.Path);
            outage ??= e;
        }
        catch (TrustException e)
        {
            Add(found, $"{found.Path} cannot be compared: {e.Message}", e.Hint);
        }
    }

    private void Add(FoundTarget found, string text, string? advice) =>
        moved.Add(new HealthFinding("moved-tag", Severity.Critical, Outcome.DigestMismatch, text) { Role = found.Role.Role.Value, Advice = advice });

    private static string Count(int count) => count == 1 ? "1 tag is" : string.Create(CultureInfo.InvariantCulture, $"{count} tags are");

    private static string Name(List<string> tags) => string.Join(", ", tags.Take(MaxNamed)) + (tags.Count > MaxNamed ? ", …" : "");
}
