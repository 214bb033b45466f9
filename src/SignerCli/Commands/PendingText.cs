using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary>A pending change in plain language.</summary>
internal static class PendingText
{
    private const int MaxLines = 50;

    /// <summary>The lines: what would change, then who has signed and who is missing.</summary>
    public static IEnumerable<string> Lines(PendingReview review, FormatRules rules, DateTimeOffset now)
    {
        yield return $"{review.Role.Name} {review.File.Signed.Version}{(review.Parked is { } parked ? $", waiting since {CommandOutput.Date(parked.ParkedAt)} ({Age(now - parked.ParkedAt)})" : "")}";
        var changes = Changes(review, rules).ToList();
        foreach (var line in changes.Take(MaxLines))
            yield return "  " + line;
        if (changes.Count > MaxLines)
            yield return $"  … and {changes.Count - MaxLines} more";
        if (review.Diff.IsEmpty)
            yield return "  nothing but its version and expiry";
        yield return $"  valid until {CommandOutput.Date(review.File.Signed.Expires)}{(review.File.Signed.Expires <= now ? "  EXPIRED" : "")}";
        yield return "  " + Signatures(review);
    }

    /// <summary>Who has signed and who is missing, in one line.</summary>
    public static string Signatures(PendingReview review)
    {
        var has = review.Signers.Signed.IsEmpty ? "signed by nobody" : $"signed by {string.Join(", ", review.Signers.Signed.Select(review.Role.Show))}";
        var missing = review.Signers.Missing.Where(id => review.Role.Delegation?.OneTimeKeys.Contains(id) != true).Select(review.Role.Show);
        return review.Signers.IsMet ? $"{has}: {review.Signers.Signed.Length} of {review.Signers.Threshold}, enough" : $"{has}: {review.Signers.Signed.Length} of {review.Signers.Threshold}; missing {review.Signers.Threshold - review.Signers.Signed.Length} of {string.Join(", ", missing)}";
    }

    /// <summary>What becomes of images and signers, in one line.</summary>
    public static string Summary(PendingReview review, FormatRules rules)
    {
        var changes = Changes(review, rules).ToList();
        return changes.Count == 0 ? "renewed" : string.Join("; ", changes.Take(3)) + (changes.Count > 3 ? $"; … ({changes.Count})" : "");
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
        writer.WriteTexts("missing", review.Signers.Missing.Select(id => id.Value));
        writer.WriteTexts("changes", Changes(review, rules));
        writer.WriteEndObject();
    }

    private static IEnumerable<string> Changes(PendingReview review, FormatRules rules)
    {
        foreach (var (path, target) in review.Diff.Set)
            yield return $"+ {Name(path)}{Digest(target)}{(review.Diff.Before?.TargetFiles.TryGetValue(path, out var before) == true ? $"  (was{Digest(before)})" : "")}";
        foreach (var path in review.Diff.Removed)
            yield return $"- {Name(path)}";
        foreach (var (before, after) in review.Diff.Roles)
        {
            var name = rules.Signers.NameOf((after ?? before)!.Name);
            yield return after is null ? $"- signer {name}" : $"{(before is null ? "+" : "~")} signer {name}: {Describe(after, review.Diff.After, rules)}{(before is null ? "" : $"  (was {Describe(before, review.Diff.Before!, rules)})")}";
        }
    }

    private static string Describe(DelegatedRole role, Targets targets, FormatRules rules)
    {
        var keys = role.RoleKeys.KeyIds.Except(role.OneTimeKeys).Select(id => targets.KeyNames.TryGetValue(id, out var name) ? $"{name} ({id.Short})" : id.Short);
        return $"{role.RoleKeys.Threshold} of {string.Join(", ", keys)} may sign {string.Join(", ", (role.Paths ?? []).Select(rules.Signers.ShowPath))}{(role.Terminating ? ", and nobody after" : "")}";
    }

    private static string Name(string path) => TargetNames.DigestOf(path) is null ? path : "(by digest)";

    private static string Digest(TargetFile target) => target.Hashes.Sha256 is { Length: 32 } sha256 ? $"  sha256:{Hex.Encode(sha256.Span)}" : "";

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} hours",
        _ => $"{Math.Max(0, (int)age.TotalMinutes)} minutes",
    };
}
