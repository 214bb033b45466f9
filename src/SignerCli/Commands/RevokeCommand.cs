using System.Collections.Immutable;
using System.CommandLine;
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
        foreach (var option in (Option[])[isAll, yes, keys, expires, trust.Root])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer revoke registry.example.com/team/app:1.4.1", "signer revoke --all registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override bool HasManyResults => true;

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var named = context.Parse.GetValue(references)!.Select(text => Read(text, context.Parse.GetValue(isAll))).ToList();
        var lifetime = Durations.Parse(context.Parse.GetRequiredValue(expires), "--expires");
        var signing = new RepositorySigning(context, context.Parse.GetValue(trust.Root), context.Parse.GetValue(keys) ?? [], context.Parse.GetValue(yes));
        var results = new List<(RepositoryName Repository, string Path, SigningResult Result)>();
        foreach (var repository in named.GroupBy(reference => reference.Repository))
        {
            var current = (await signing.ReadCurrentAsync(repository.Key, cancellationToken)).Metadata.Signed;
            ImmutableSortedSet<string> paths = context.Parse.GetValue(isAll) ? [.. current.TargetFiles.Keys] : [.. repository.Select(TargetNames.For)];
            RequireSigned(repository.Key, paths, current);
            WarnOfTwins(context.Output, paths, current);
            var change = new TargetsChange { Remove = paths };
            var result = await signing.PublishAsync(repository.Key, change, lifetime, keyNames => $"Revoke {Shown(paths)} of {repository.Key} with targets key {keyNames}?", cancellationToken);
            results.AddRange(paths.Select(path => (repository.Key, path, result)));
        }
        Show(context.Output, results);
        return Outcome.Verified;
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
                output.Warn($"The image of {path} stays signed as {Shown(twins)}.");
        }
    }

    private static void Show(CommandOutput output, List<(RepositoryName Repository, string Path, SigningResult Result)> results)
    {
        foreach (var (repository, path, result) in results)
        {
            output.Say($"Revoked  {path}  (targets {result.Version}, until {CommandOutput.Date(result.Expires)})");
            output.Result($"{repository}{Separator(path)}");
        }
        output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (repository, path, result) in results)
            {
                writer.WriteStartObject();
                writer.WriteString("reference", $"{repository}{Separator(path)}");
                writer.WriteOutcome("revoked", Outcome.Verified);
                writer.WriteString("repository", repository.Value);
                writer.WriteString("target", path);
                writer.WriteStartObject("metadata");
                writer.WriteStartObject("targets");
                writer.WriteNumber("version", result.Version);
                writer.WriteTime("expires", result.Expires);
                writer.WriteEndObject();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    private static string Separator(string path) => TargetNames.DigestOf(path) is { } digest ? $"@{digest}" : $":{path}";

    private static string Shown(IReadOnlyCollection<string> paths) => string.Join(", ", paths.Take(10)) + (paths.Count > 10 ? $", … ({paths.Count})" : "");
}
