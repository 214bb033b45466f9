using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer revoke</c>.</summary>
internal sealed class RevokeCommand : SignerCommand
{
    private readonly Argument<string[]> references = new("reference") { HelpName = "REFERENCE", Description = "REPOSITORY:TAG or REPOSITORY@sha256:DIGEST; REPOSITORY with --all", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> isAll = new("--all") { Description = "Revoke everything that is signed in the repository" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "KEY", Description = "Key to sign with: id, label, file or env://VARIABLE (default: found in the key store)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long the signatures of the repository are valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RevokeCommand(CliHost host, GlobalOptions globals)
        : base("revoke", "Take signatures back. Verifiers refuse these images as soon as they update.", host, globals)
    {
        Arguments.Add(references);
        foreach (var option in (Option[])[isAll, yes, keys, expires, .. trust.ForSigning])
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
        var lifetime = Durations.Parse(context.Parse.GetRequiredValue(expires), "--expires");
        var signing = new RepositorySigning(context, trust, context.Parse.GetValue(keys) ?? [], context.Parse.GetValue(yes));
        var results = new List<Revocation>();
        foreach (var repository in named.GroupBy(reference => reference.Repository))
            results.AddRange(await RevokeAsync(context, signing, repository.Key, [.. repository], lifetime, cancellationToken));
        return Show(context.Output, results);
    }

    // A refusal in one repository leaves what was done in the others as it is, and says so.
    private async Task<IEnumerable<Revocation>> RevokeAsync(CommandContext context, RepositorySigning signing, RepositoryName repository, ImmutableArray<ImageReference> named, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        ImmutableSortedSet<string> paths = context.Parse.GetValue(isAll) ? [] : [.. named.Select(TargetNames.For)];
        try
        {
            var current = (await signing.ReadCurrentAsync(repository, cancellationToken)).Metadata.Signed;
            paths = context.Parse.GetValue(isAll) ? [.. current.TargetFiles.Keys] : paths;
            RequireSigned(repository, paths, current);
            var change = PlatformTargets.Complete(current, new TargetsChange { Remove = paths });
            WarnOfPlatforms(context.Output, paths, change.Remove, current);
            paths = change.Remove;
            WarnOfTwins(context.Output, paths, current);
            var result = await signing.PublishAsync(repository, change, lifetime, keyNames => $"Revoke {Shown(paths)} of {repository} with targets key {keyNames}?", cancellationToken);
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

    private static void RequireSigned(RepositoryName repository, ImmutableSortedSet<string> paths, Targets current)
    {
        var missing = paths.Where(path => !current.TargetFiles.ContainsKey(path)).ToList();
        if (missing.Count == 0)
            return;
        var signed = current.TargetFiles.Keys.Order(StringComparer.Ordinal).ToList();
        throw new TrustException(TrustError.NotSigned, $"{Shown(missing)} is not signed by the targets keys of {repository}. Nothing was revoked.")
        {
            Hint = signed.Count == 0 ? "Nothing is signed there." : $"Signed are: {Shown(signed)}.",
        };
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
            output.Say($"Revoked  {ShownName(entry.Path)}  (targets {result.Version}, until {CommandOutput.Date(result.Expires)})");
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
        writer.WriteOutcome(entry.Error is null ? "revoked" : Outcomes.Name(outcome), outcome);
        writer.WriteString("repository", entry.Repository.Value);
        if (entry.Path.Length > 0)
            writer.WriteString("target", entry.Path);
        if (entry.Error is { } error)
            writer.WriteError(error);
        if (entry.Result is { } result)
        {
            writer.WriteStartObject("metadata");
            writer.WriteStartObject("targets");
            writer.WriteNumber("version", result.Version);
            writer.WriteTime("expires", result.Expires);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static string ShownName(string path) => TargetNames.DigestOf(path)?.ToString() ?? path;

    private static string Shown(IReadOnlyCollection<string> paths) => string.Join(", ", paths.Take(10).Select(ShownName)) + (paths.Count > 10 ? $", … ({paths.Count})" : "");

    // The path is empty if a repository was refused before anything was known of it.
    private sealed record Revocation(RepositoryName Repository, string Path, SigningResult? Result, TrustException? Error)
    {
        public string Reference => $"{Repository}{(Path.Length == 0 ? "" : TargetNames.DigestOf(Path) is { } digest ? $"@{digest}" : $":{Path}")}";
    }
}
