using System.Collections.Immutable;
using TrustService.Cli.Importing;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// Makes a TUF repository with the targets of a Notary one: those that docker resolves, releases before targets, all signed
/// anew by its owner. What others signed cannot be carried over; they sign again when they are added as signers.
/// </summary>
internal sealed class Conversion(CommandContext context, RepositoryName name, ForeignChain chain, MoveRequest request, MoveReport report)
{
    /// <summary>The digest that a target stands for, for people.</summary>
    public static string DigestOf(TargetFile target) => target.Hashes.Sha256 is { Length: 32 } sha256 ? $"sha256:{Hex.Encode(sha256.Span)}" : "no sha256";

    /// <summary>Makes the repository and signs its targets.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var newName = RepositoryName.Parse(request.NewName ?? name.Value);
        var lines = new List<ReportLine>();
        var targets = Collect(lines);
        var fingerprint = "";
        if (!request.IsRehearsal)
        {
            var begin = request.NewRepository!;
            fingerprint = (await new RepositoryInitialization(context, newName, begin).RunAsync(cancellationToken)).Fingerprint;
            using var signing = new RepositorySigning(context, new TrustFlags(), new SigningRequest(begin.TargetsKey is { } key ? [key] : [], [RoleName.Targets], begin.TargetsLifetime, IsConfirmed: true));
            var change = new TargetsChange { Set = targets };
            var (current, roles) = await signing.ReadAsync(newName, _ => change, _ => [], now => signing.Roles.ForSigning(now, change), cancellationToken);
            _ = await signing.PublishAsync(newName, current, roles, change, _ => "", cancellationToken);
        }
        report.Add(new ReportLine("repository", newName.Value, Fate.Kept, $"made from {name} with {targets.Count} targets{(request.IsRehearsal ? "" : $"; verifiers pin {fingerprint}")}"));
        lines.ForEach(report.Add);
    }

    private ImmutableSortedDictionary<string, TargetFile> Collect(List<ReportLine> lines)
    {
        var targets = ImmutableSortedDictionary.CreateBuilder<string, TargetFile>(StringComparer.Ordinal);
        var searched = ForeignRepository.Format.Rules.ImageRoles;
        foreach (var role in searched.Select(wanted => chain.Targets.FirstOrDefault(each => each.Role == wanted)).OfType<TrustedTargets>())
        {
            foreach (var (path, target) in role.Metadata.Signed.TargetFiles.OrderBy(each => each.Key, StringComparer.Ordinal))
            {
                var problem = targets.ContainsKey(path) ? $"{DigestOf(target)} of {role.Role}: {searched[0]} comes before it, as with docker" : ProblemOf(path, target);
                if (problem is null)
                    targets.Add(path, target);
                lines.Add(new ReportLine("target", path, problem is null ? Fate.Kept : Fate.Dropped, problem ?? $"{DigestOf(target)}, was signed by {role.Role}") { Repository = name });
            }
        }
        foreach (var role in chain.Targets.Where(role => !searched.Contains(role.Role)))
        {
            var only = role.Metadata.Signed.TargetFiles.Where(target => !targets.ContainsKey(target.Key)).Select(target => target.Key).Order(StringComparer.Ordinal).ToList();
            lines.Add(new ReportLine("role", role.Role.Value, Fate.Dropped, "only its own keys can sign as that role: add its owner as a signer of the new repository, who then signs again") { Repository = name });
            lines.AddRange(only.Select(path => new ReportLine("target", path, Fate.Dropped, $"only {role.Role} signed it, which docker does not take images from") { Repository = name }));
        }
        lines.AddRange(chain.Unverified.Select(role => new ReportLine("role", role.Key.Value, Fate.Dropped, $"clients skip it: {role.Value.Message}") { Repository = name }));
        return targets.ToImmutable();
    }

    // What the new format's rules for writing refuse.
    private static string? ProblemOf(string path, TargetFile target) => target switch
    {
        _ when !TufFormat.Instance.Rules.MayWriteTargetPath(path) => "its name holds characters that a target path of the new format may not have",
        { Hashes.Sha256: not { Length: 32 } } => "it has no sha256",
        { Length: 0 } => "it is empty, so it is no image",
        _ when TargetNames.DigestOf(path) is { } digest && digest.Hex != Hex.Encode(target.Hashes.Sha256!.Value.Span) => "it is named by a digest that is not its own",
        _ => null,
    };
}
