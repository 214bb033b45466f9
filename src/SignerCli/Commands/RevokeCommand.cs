using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer revoke</c>.</summary>
internal sealed class RevokeCommand : SignerCommand
{
    private readonly Argument<string[]> references = new("reference") { HelpName = "REFERENCE", Description = "REPOSITORY:TAG or REPOSITORY@sha256:DIGEST; REPOSITORY with --all", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> isAll = new("--all") { Description = "Revoke everything that is signed in the repository" };
    private readonly SigningFlags options = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RevokeCommand(CliHost host, GlobalOptions globals)
        : base("revoke", "Take signatures back. Verifiers refuse these images as soon as they update.", host, globals)
    {
        Arguments.Add(references);
        foreach (var option in (Option[])[isAll, options.Yes, .. options.Others, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer revoke registry.example.com/team/app:1.4.1", "signer revoke --all registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(references) ?? [];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var named = context.Parse.GetValue(references)!.Select(text => Read(text, context.Parse.GetValue(isAll))).ToList();
        var request = options.Read(context.Parse);
        using var signing = new RepositorySigning(context, trust, request);
        var results = new List<Revocation>();
        foreach (var repository in named.GroupBy(reference => reference.Repository))
            results.AddRange(await RevokeAsync(context, signing, repository.Key, [.. repository], cancellationToken));
        return Show(context.Output, results);
    }

    // A refusal in one repository leaves what was done in the others as it is, and says so.
    private async Task<IEnumerable<Revocation>> RevokeAsync(CommandContext context, RepositorySigning signing, RepositoryName repository, ImmutableArray<ImageReference> named, CancellationToken cancellationToken)
    {
        ImmutableSortedSet<string> paths = context.Parse.GetValue(isAll) ? [] : [.. named.Select(TargetNames.For)];
        try
        {
            var (current, roles) = await signing.ReadAsync(repository, _ => null, targets => SigningRole.DelegatedBy(targets).Select(role => role.Name), signing.Roles.ForRevoking, cancellationToken);
            var signed = roles.Select(share => (Role: share, Targets: current.ContentOf(share.Role.Name))).Where(entry => entry.Targets is not null).Select(entry => (entry.Role, Targets: entry.Targets!)).ToList();
            paths = context.Parse.GetValue(isAll) ? [.. signed.SelectMany(entry => entry.Targets.TargetFiles.Keys)] : paths;
            RequireSigned(repository, paths, [.. signed.Select(entry => entry.Targets)], current);
            signed.RemoveAll(entry => !paths.Any(entry.Targets.TargetFiles.ContainsKey));
            var asked = paths;
            foreach (var (_, targets) in signed)
            {
                var removed = PlatformTargets.Complete(targets, new TargetsChange { Remove = asked.Intersect(targets.TargetFiles.Keys) }).Remove;
                WarnOfPlatforms(context.Output, asked.Intersect(targets.TargetFiles.Keys), removed, targets);
                WarnOfTwins(context.Output, removed, targets);
                paths = paths.Union(removed);
            }
            WarnOfOthers(context.Output, paths, current, [.. signed.Select(entry => entry.Role.Role.Name)]);
            var result = await signing.PublishAsync(
                repository, current, [.. signed.Select(entry => entry.Role)], new TargetsChange { Remove = paths }, keyNames => $"Revoke {Shown(paths)} of {repository} with {keyNames}?", cancellationToken);
            return paths.Select(path => new Revocation(repository, path, result, null));
        }
        catch (TrustException e)
        {
            return paths.DefaultIfEmpty("").Select(path => new Revocation(repository, path, null, e));
        }
    }

    private static ImageReference Read(string text, bool isAll)
    {
        var reference = ImageReference.Parse(text);
        if (reference.TagIsImplied != isAll)
        {
            throw new TrustException(TrustError.Usage, isAll ? $"{text} names one image, but --all means every one of a repository." : $"{text} does not say which tag to revoke.")
            {
                Hint = $"Write {reference.Repository}:TAG, or {reference.Repository} with --all for everything that is signed there.",
            };
        }
        return reference;
    }

    private static void RequireSigned(RepositoryName repository, ImmutableSortedSet<string> paths, ImmutableArray<Targets> mine, CurrentRoles current)
    {
        var missing = paths.Where(path => !mine.Any(targets => targets.TargetFiles.ContainsKey(path))).ToList();
        if (missing.Count == 0)
            return;
        if (SignersOf(missing[0], current) is { Count: > 0 } others)
        {
            throw new TrustException(TrustError.KeyNotFound, $"{ShownName(missing[0])} is signed by {string.Join(", ", others)}, and no key of that role is used here. Nothing was revoked.")
            {
                Hint = "Import its key (signer key import FILE), name its file (--key FILE), or run this where it is.",
            };
        }
        ImmutableSortedSet<string> signed = [.. mine.SelectMany(targets => targets.TargetFiles.Keys)];
        throw new TrustException(TrustError.NotSigned, $"{Shown(missing)} is not signed by the targets keys of {repository}. Nothing was revoked.")
        {
            Hint = signed.Count == 0 ? "Nothing is signed there." : $"Signed are: {Shown(signed)}.",
        };
    }

    private static List<RoleName> SignersOf(string path, CurrentRoles current) =>
        [.. current.Delegated.Select(reading => reading.Trusted).Prepend(current.Targets).OfType<TrustedTargets>().Where(role => role.Metadata.Signed.TargetFiles.ContainsKey(path)).Select(role => role.Role)];

    // The signatures of others are theirs to take back.
    private static void WarnOfOthers(CommandOutput output, ImmutableSortedSet<string> paths, CurrentRoles current, ImmutableArray<RoleName> mine)
    {
        foreach (var path in paths)
        {
            var others = SignersOf(path, current).Except(mine).ToList();
            if (others.Count > 0)
                output.Warn($"{ShownName(path)} stays signed by {string.Join(", ", others)}: no key of {(others.Count == 1 ? "that role" : "those roles")} is used here.");
        }
    }

    // Whoever revokes a digest, or one of two tags of an image, may believe that the image is refused from now on.
    private static void WarnOfTwins(CommandOutput output, ImmutableSortedSet<string> paths, Targets current)
    {
        foreach (var path in paths)
        {
            var image = current.TargetFiles[path].Hashes;
            var twins = current.TargetFiles.Where(entry => !paths.Contains(entry.Key) && entry.Value.Hashes.ContentEquals(image)).Select(entry => entry.Key).Order(StringComparer.Ordinal).ToList();
            if (twins.Count > 0)
                output.Warn($"The image of {ShownName(path)} stays signed as {Shown(twins)}.");
        }
    }

    // Which of them belong to the index cannot be known: they were signed by digest alone, or by an older program.
    private static void WarnOfPlatforms(CommandOutput output, ImmutableSortedSet<string> named, ImmutableSortedSet<string> removed, Targets current)
    {
        var unrecorded = PlatformTargets.Unrecorded(current).Where(path => !removed.Contains(path)).ToList();
        var indexes = named.Where(path => ImageTarget.MediaTypeOf(current.TargetFiles[path]) is { } type && MediaTypes.KindOf(type) == ManifestKind.Index).ToList();
        if (indexes.Count > 0 && unrecorded.Count > 0)
            output.Warn($"{Shown(indexes)} is an index. These digests stay signed by themselves; revoke those that are platforms of it: {Shown(unrecorded)}.");
    }

    private static Outcome Show(CommandOutput output, List<Revocation> results)
    {
        foreach (var refusal in results.Select(entry => entry.Error).OfType<TrustException>().Distinct())
            output.Refuse(refusal);
        foreach (var entry in results)
        {
            if (entry.Result is not { } result)
                continue;
            if (entry.Waits)
            {
                output.Say($"Pending  {ShownName(entry.Path)} is signed until enough have signed its removal: {string.Join(", ", result.Pending.Select(role => role.Role))}");
                continue;
            }
            output.Say($"Revoked  {ShownName(entry.Path)}  ({SignResults.RolesOf(result)})");
            output.Result(entry.Reference);
        }
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in results)
                Write(writer, entry);
            writer.WriteEndArray();
        });
        return Outcomes.Worst(results.Select(entry => entry.Error?.Info.Outcome ?? Outcome.Verified));
    }

    private static void Write(Utf8JsonWriter writer, Revocation entry)
    {
        writer.WriteStartObject();
        writer.WriteString("reference", entry.Reference);
        var outcome = entry.Error?.Info.Outcome ?? Outcome.Verified;
        writer.WriteOutcome(entry.Error is null ? entry.Waits ? "pending" : "revoked" : Outcomes.Name(outcome), outcome);
        writer.WriteString("repository", entry.Repository.Value);
        if (entry.Path.Length > 0)
            writer.WriteString("target", entry.Path);
        if (entry.Error is { } error)
            writer.WriteError(error);
        if (entry.Result is { } result)
            writer.WriteRoles(result);
        writer.WriteEndObject();
    }

    private static string ShownName(string path) => TargetNames.DigestOf(path)?.ToString() ?? path;

    private static string Shown(IReadOnlyCollection<string> paths) => string.Join(", ", paths.Take(10).Select(ShownName)) + (paths.Count > 10 ? $", … ({paths.Count})" : "");

    // The path is empty if a repository was refused before anything was known of it.
    private sealed record Revocation(RepositoryName Repository, string Path, SigningResult? Result, TrustException? Error)
    {
        public bool Waits => Result?.Pending.IsEmpty == false;

        public string Reference => $"{Repository}{(Path.Length == 0 ? "" : TargetNames.DigestOf(Path) is { } digest ? $"@{digest}" : $":{Path}")}";
    }
}
