using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>A pending change in plain language.</summary>
internal static class PendingText
{
    private const int MaxSummary = 3;

    /// <summary>The lines: what would change, then who has signed and who is missing.</summary>
    /// <param name="review">The change.</param>
    /// <param name="rules">The rules of the repository's format.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="maxTags">Tags that are shown at the most. Whoever is to sign sees all of them.</param>
    public static IEnumerable<string> Lines(PendingReview review, FormatRules rules, DateTimeOffset now, int maxTags = int.MaxValue)
    {
        yield return $"{review.Role.Name} {review.File.Signed.Version}{(review.Parked is { } parked ? $", waiting since {CommandOutput.Date(parked.ParkedAt)} ({Age(now - parked.ParkedAt)})" : "")}";
        // Who may sign is told first, and whole: a hundred tags must not hide a signer.
        foreach (var line in SignerChanges(review.Diff, rules))
            yield return "  " + line;
        var images = ImageChanges(review.Diff).ToList();
        foreach (var line in images.Take(maxTags))
            yield return "  " + line;
        if (images.Count > maxTags)
            yield return $"  … and {images.Count - maxTags} more tags: signer pending list";
        if (!review.IsTold)
            yield return "  !! and more than can be shown; do not sign it";
        else if (review.Diff.IsEmpty)
            yield return "  nothing but its version and expiry";
        yield return $"  valid until {CommandOutput.Date(review.File.Signed.Expires)}{(review.File.Signed.Expires <= now ? "  EXPIRED" : "")}";
        yield return "  " + Signatures(review);
    }

    /// <summary>Who has signed and who is missing, in one line.</summary>
    public static string Signatures(PendingReview review)
    {
        var has = review.Signers.Signed.IsEmpty ? "signed by nobody" : $"signed by {string.Join(", ", review.Signers.Signed.Select(id => (review.Role.IsOneTime(id) ? "one-time " : "") + review.Role.Show(id)))}";
        var missing = Missing(review).Select(review.Role.Show);
        return review.Signers.IsMet ? $"{has}: {review.Signers.Signed.Length} of {review.Signers.Threshold}, enough" : $"{has}: {review.Signers.Signed.Length} of {review.Signers.Threshold}; missing {review.Signers.Threshold - review.Signers.Signed.Length} of {string.Join(", ", missing)}";
    }

    /// <summary>What becomes of images and signers, in one line.</summary>
    public static string Summary(PendingReview review, FormatRules rules)
    {
        var images = ImageChanges(review.Diff).ToList();
        var changes = SignerChanges(review.Diff, rules).Concat(images.Take(MaxSummary)).Concat(images.Count > MaxSummary ? [$"… ({images.Count} tags)"] : []);
        return string.Join("; ", changes) switch { "" => "renewed", var text => text };
    }

    /// <summary>Writes it as JSON.</summary>
    public static void Write(Utf8JsonWriter writer, PendingReview review, FormatRules rules)
    {
        writer.WriteStartObject();
        writer.WriteString("role", review.Role.Name.Value);
        writer.WriteNumber("version", review.File.Signed.Version);
        writer.WriteTime("expires", review.File.Signed.Expires);
        if (review.Parked is { } parked)
            writer.WriteTime("since", parked.ParkedAt);
        writer.WriteBoolean("stale", !review.IsNext);
        writer.WriteNumber("threshold", review.Signers.Threshold);
        writer.WriteTexts("signedBy", review.Signers.Signed.Select(id => id.Value));
        writer.WriteTexts("missing", Missing(review).Select(id => id.Value));
        writer.WriteBoolean("told", review.IsTold);
        writer.WriteTexts("changes", Changes(review.Diff, rules));
        writer.WriteEndObject();
    }

    /// <summary>Says what a one-time key is worth: whoever made the change may have kept it.</summary>
    public static void WarnOfOneTimeKeys(CommandOutput output, IEnumerable<PendingReview> reviews)
    {
        foreach (var (before, after) in reviews.SelectMany(review => review.Diff.Roles))
        {
            foreach (var id in after?.OneTimeKeys.Except(before?.OneTimeKeys ?? []) ?? [])
                output.Warn($"{Printable.Text(after!.Name.Value)} gets the one-time key {id}. It is meant to be thrown away; if whoever began this change kept it, it signs as {Printable.Text(after.Name.Value)} until it is taken out.");
        }
    }

    /// <summary>What it changes, signers first.</summary>
    public static IEnumerable<string> Changes(TargetsDiff diff, FormatRules rules) => SignerChanges(diff, rules).Concat(ImageChanges(diff));

    private static IEnumerable<string> SignerChanges(TargetsDiff diff, FormatRules rules)
    {
        foreach (var (before, after) in diff.Roles)
        {
            var name = Printable.Text(rules.Signers.NameOf((after ?? before)!.Name));
            yield return after is null ? $"- signer {name}" : $"{(before is null ? "+" : "~")} signer {name}: {Describe(after, before, diff.After, rules)}{(before is null ? "" : $"  (was {Describe(before, before, diff.Before!, rules)})")}";
        }
    }

    private static IEnumerable<string> ImageChanges(TargetsDiff diff)
    {
        foreach (var (path, target) in diff.Set)
        {
            var words = TargetWords.Of(target);
            var former = diff.Before?.TargetFiles.TryGetValue(path, out var before) == true ? TargetWords.Of(before).WithoutThoseOf(words) : "";
            yield return $"+ {ReadableJson.Of(path)}  {words}{(former.Length == 0 ? "" : $"  (was {former})")}";
        }
        foreach (var path in diff.Removed)
            yield return $"- {ReadableJson.Of(path)}";
        // The first version of a role takes it from nowhere else.
        if (diff.Before is null && diff.After.Repository is { } repository)
            yield return $"+ belongs to {ReadableJson.Of(repository)}";
    }

    // Nobody has those that were thrown away.
    private static IEnumerable<KeyId> Missing(PendingReview review) => review.Signers.Missing.Where(id => !review.Role.IsOneTime(id));

    // A key that comes is named in full: the ends of an id can be made to match.
    private static string Describe(DelegatedRole role, DelegatedRole? before, Targets targets, FormatRules rules)
    {
        var keys = role.RoleKeys.KeyIds.Select(id =>
        {
            var shown = before?.RoleKeys.KeyIds.Contains(id) == true ? id.Short : Printable.Text(id.Value);
            var called = targets.KeyNames.TryGetValue(id, out var name) ? $"{Printable.Text(name)} ({shown})" : shown;
            return role.OneTimeKeys.Contains(id) ? "one-time " + called : called;
        });
        var paths = role.Paths is { } patterns ? patterns.Select(pattern => ReadableJson.Of(rules.Signers.ShowPath(pattern))) : (role.PathHashPrefixes ?? []).Select(prefix => $"tags whose hash begins with {Printable.Text(prefix)}");
        return $"{role.RoleKeys.Threshold} of {string.Join(", ", keys)} may sign {string.Join(", ", paths) switch { "" => "nothing", var text => text }}{(role.Terminating ? ", and nobody after" : "")}";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} hours",
        _ => $"{Math.Max(0, (int)age.TotalMinutes)} minutes",
    };
}
