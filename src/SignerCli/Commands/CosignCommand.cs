using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary><c>signer cosign</c>.</summary>
internal sealed class CosignCommand : SignerCommand
{
    private readonly Argument<string> change = new("change") { HelpName = "REPOSITORY|FILE", Description = "The repository whose pending changes are to be signed, or the file that holds one" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "KEY", Description = "Key to sign with: id, label, file or URI (default: found in the key store)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> roles = new("--role") { HelpName = "ROLE", Description = "Sign the change of this role alone", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long a change is valid that has to be made again (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public CosignCommand(CliHost host, GlobalOptions globals)
        : base("cosign", "Add your signature to a change that others have signed already. It is shown first, and published as soon as enough have signed.", host, globals)
    {
        Arguments.Add(change);
        foreach (var option in (Option[])[yes, keys, roles, expires, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer cosign registry.example.com/team/app", "signer cosign -y --key env://RELEASE_KEY change.json"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var pending = new PendingChanges(context);
        var found = Chosen(await pending.FindAsync(context.Parse.GetRequiredValue(change), cancellationToken), context.Parse.GetValue(roles) ?? []);
        var request = new SigningRequest(context.Parse.GetValue(keys) ?? [], [], Durations.ParseLifetime(context.Parse.GetRequiredValue(expires), "--expires"), context.Parse.GetValue(yes)) { IsPartial = true, PendingFile = found.Path, ReplacesPendingFile = true };
        using var signing = new RepositorySigning(context, trust, request);
        var current = await signing.ReadAsync(found.Repository, _ => new TargetsChange(), _ => found.Items.Select(item => item.Role), cancellationToken);
        var rules = current.Targets.Snapshot.Root.Format.Rules;
        var reviews = PendingReview.Of(current, found.Items);
        if (reviews.All(review => review.IsPublished))
            throw new TrustException(TrustError.NothingPending, $"{string.Join(", ", reviews.Select(review => $"{review.Role.Name} {review.File.Signed.Version}"))} of {found.Repository} is published already, just as it was signed.");
        foreach (var line in reviews.SelectMany(review => PendingText.Lines(review, rules, context.Now)))
            context.Output.Tell(line);
        if (reviews.Any(review => !review.IsNext))
            return await new StaleChange(context, signing).RemakeAsync(found, current, [.. reviews.Where(review => !review.IsNext && !review.IsPublished)], cancellationToken);

        foreach (var review in reviews)
            review.RequireSignable(current.Targets.Snapshot.Root.Format, context.Now);
        PendingText.WarnOfOneTimeKeys(context.Output, reviews);
        reviews = Sign(context, signing, current, reviews, request);
        var ready = PendingReview.Publishable(current, reviews);
        if (ready.Count > 0)
            await signing.PublishSignedAsync(found.Repository, current, ready, cancellationToken);
        ImmutableArray<PendingReview> waiting = [.. reviews.Where(review => !ready.ContainsKey(review.Role.Name))];
        if (!waiting.IsEmpty)
            await pending.KeepAsync(found.Repository, current.Targets, [.. waiting.Select(review => (review.Role.Name, review.File))], found.Path, _ => null, cancellationToken);
        Show(context, found.Repository, reviews, ready, rules);
        return Outcome.Verified;
    }

    private static PendingSource Chosen(PendingSource found, string[] asked) => asked.Length == 0
        ? found
        : found with
        {
            Items = [.. asked.Select(role => found.Items.FirstOrDefault(item => item.Role.Value == role)
                ?? throw new TrustException(TrustError.NothingPending, $"Nothing of {role} waits for signatures. Waiting are: {string.Join(", ", found.Items.Select(item => item.Role))}."))],
        };

    private static ImmutableArray<PendingReview> Sign(CommandContext context, RepositorySigning signing, CurrentRoles current, ImmutableArray<PendingReview> reviews, SigningRequest request)
    {
        var format = current.Targets.Snapshot.Root.Format;
        var mine = reviews.Select(review => (Review: review, Keys: signing.Keys.AllOf(review.Role).Where(key => !IsSigned(review, key)).ToImmutableArray())).ToList();
        if (mine.All(entry => entry.Keys.IsEmpty) && !reviews.Any(review => review.Signers.IsMet))
            throw NoKey(signing, reviews);
        var signs = mine.Where(entry => !entry.Keys.IsEmpty).ToList();
        if (signs.Count > 0)
            context.Confirm($"Sign {string.Join(" and ", signs.Select(entry => $"{entry.Review.Role.Name} {entry.Review.File.Signed.Version} ({PendingText.Summary(entry.Review, format.Rules)}) with key {string.Join(", ", entry.Keys.Select(key => key.Name))}"))}?", request.IsConfirmed);
        return
        [
            .. mine.Select(entry => entry.Keys.IsEmpty
                ? entry.Review
                : entry.Review.With(CollectedSignatures.Sign(format, entry.Review.File, [entry.Review.Role.Signers], entry.Keys.Select(key => signing.Keys.Open(key, SigningKeyring.PurposeOf(entry.Review.Role.Name)))))),
        ];
    }

    private static bool IsSigned(PendingReview review, KeyEntry key) => review.Role.Keys.Any(listed => key.IsSame(listed) && review.Signers.Signed.Contains(listed.Id));

    private static TrustException NoKey(RepositorySigning signing, ImmutableArray<PendingReview> reviews)
    {
        var hasSigned = reviews.Any(review => signing.Keys.CountHeld(review.Role) > 0);
        return new TrustException(TrustError.KeyNotFound, $"{(hasSigned ? "Your keys have signed already." : "No key that is here may sign this.")} {string.Join("; ", reviews.Select(review => $"{review.Role.Name} is {PendingText.Signatures(review)}"))}.")
        {
            Role = reviews[0].Role.Name.Value,
            Hint = hasSigned ? "The others sign where their keys are: signer cosign" : "Import a key of the role (signer key import FILE), name its file (--key FILE), or run this where it is.",
        };
    }

    private static void Show(CommandContext context, RepositoryName repository, ImmutableArray<PendingReview> reviews, IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> published, Formats.FormatRules rules)
    {
        foreach (var review in reviews)
        {
            var isPublished = published.ContainsKey(review.Role.Name);
            context.Output.Say(isPublished ? "Published" : "Signed", $"{review.Role.Name} {review.File.Signed.Version} of {repository}, {PendingText.Signatures(review)}");
            foreach (var (path, target) in review.Diff.Set.Where(_ => isPublished))
                context.Output.Result($"{repository}{(TargetNames.DigestOf(path) is null ? ":" + path : "")}@{Conversion.DigestOf(target)}");
        }
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", repository.Value);
            writer.WriteOutcome(published.Count == reviews.Length ? "published" : "pending", Outcome.Verified);
            writer.WriteStartArray("pending");
            foreach (var review in reviews.Where(review => !published.ContainsKey(review.Role.Name)))
                PendingText.Write(writer, review, rules);
            writer.WriteEndArray();
            writer.WriteStartArray("published");
            foreach (var review in reviews.Where(review => published.ContainsKey(review.Role.Name)))
                PendingText.Write(writer, review, rules);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
