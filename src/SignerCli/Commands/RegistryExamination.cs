using System.Collections.Immutable;
using TrustService.Cli.Health;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Compares the tags of a registry with what is signed: which are not signed, which were moved, which are gone.</summary>
internal static class RegistryExamination
{
    private const int MaxNamed = 5;

    /// <summary>Compares.</summary>
    /// <exception cref="TrustException">A refusal of the registry, or of a delegated role.</exception>
    public static async Task<ImmutableArray<HealthFinding>> ReadAsync(RegistryClient registry, RepositoryName repository, TrustClient client, TrustedTargets targets, CancellationToken cancellationToken)
    {
        var signed = (await client.ListAsync(targets, cancellationToken)).Where(found => TargetNames.DigestOf(found.Path) is null).ToDictionary(found => found.Path, StringComparer.Ordinal);
        var tags = await registry.ListTagsAsync(repository, cancellationToken);
        var findings = ImmutableArray.CreateBuilder<HealthFinding>();
        foreach (var tag in tags.Where(signed.ContainsKey))
        {
            if (await CompareAsync(registry, repository, signed[tag], cancellationToken) is { } finding)
                findings.Add(finding);
        }
        var unsigned = tags.Where(tag => !signed.ContainsKey(tag)).ToList();
        if (unsigned.Count > 0)
            findings.Add(new HealthFinding("unsigned-tag", Severity.Critical, Outcome.Unsigned, $"{Count(unsigned.Count)} in the registry not signed: {Name(unsigned)}.") { Advice = $"Sign them if they are meant: signer sign {repository}:{unsigned[0]}" });
        var gone = signed.Keys.Except(tags).Order(StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            findings.Add(new HealthFinding("missing-tag", Severity.Notice, Outcome.DigestMismatch, $"{Count(gone.Count)} signed, but not in the registry: {Name(gone)}.") { Advice = $"If nobody is to pull them: signer revoke {repository}:{gone[0]}" });
        return findings.ToImmutable();
    }

    private static async Task<HealthFinding?> CompareAsync(RegistryClient registry, RepositoryName repository, FoundTarget found, CancellationToken cancellationToken)
    {
        try
        {
            var served = await registry.ResolveAsync(ImageReference.OfTag(repository, found.Path), cancellationToken);
            return found.Target.Hashes.Sha256 is { } sha256 && served.Digest.Hex == Hex.Encode(sha256.Span) ? null : new HealthFinding(
                "moved-tag", Severity.Critical, Outcome.DigestMismatch, $"{found.Path} is signed as {InspectReport.DigestOf(found)}, and the registry serves {served.Digest}: somebody moved the tag after it was signed.")
            {
                Role = found.Role.Role.Value,
                Advice = $"Find out who pushed; if it is meant: signer sign {repository}:{found.Path}",
            };
        }
        catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
        {
            return new HealthFinding("moved-tag", Severity.Critical, Outcome.DigestMismatch, $"{found.Path} cannot be compared: {e.Message}") { Role = found.Role.Role.Value, Advice = e.Hint };
        }
    }

    private static string Count(int count) => count == 1 ? "1 tag is" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} tags are");

    private static string Name(List<string> tags) => string.Join(", ", tags.Take(MaxNamed)) + (tags.Count > MaxNamed ? ", …" : "");
}
