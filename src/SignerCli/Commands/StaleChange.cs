using System.Collections.Immutable;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Makes a pending change again on top of what became current after it was made.</summary>
/// <param name="context">The run.</param>
/// <param name="signing">Signs.</param>
internal sealed class StaleChange(CommandContext context, RepositorySigning signing)
{
    /// <summary>Tells what happened, makes the change again, and signs it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.PendingIsStale"/> if it cannot be made again here, or a coded refusal.</exception>
    public async Task<Outcome> RemakeAsync(PendingSource found, CurrentRoles current, ImmutableArray<PendingReview> stale, CancellationToken cancellationToken)
    {
        if (stale.Length != 1)
            throw Refuse(stale, "Choose one of them with --role, or have it made anew by whoever began.");
        var review = stale[0];
        if (review.File.Signed.Version > (review.Diff.Before?.Version ?? 0))
            throw Refuse(stale, "It leaves out versions that nobody published. Have it made anew by whoever began.");
        var diff = TargetsDiff.Between(await ReadBaseAsync(found, current, review, cancellationToken), review.File.Signed);
        if (!diff.TellsAllOf(current.Targets.Snapshot.Root.Format, review.File))
            throw review.CannotBeShown();
        var made = diff.ToChange();
        var signers = string.Join(", ", review.Signers.Signed.Select(review.Role.Show));
        context.Output.Warn($"It was made when {review.Role.Name} {review.File.Signed.Version - 1} was current; {review.Role.Name} {review.Diff.Before!.Version} is now. It is made again on top of that{(signers.Length == 0 ? "" : $", and {signers} must sign again")}.");
        if (made.Set.IsEmpty && made.Remove.IsEmpty && made.Delegations is null)
            throw Refuse(stale, "It changed nothing but its expiry, so there is nothing to make again.");
        var (rules, share) = (current.Targets.Snapshot.Root.Format.Rules, new RoleShare(SigningRole.Find(current.Targets, review.Role.Name)!));
        // What is asked about is what is made now, on top of what is current now.
        var anew = review with { Diff = TargetsDiff.Between(review.Diff.Before, TargetsEditor.Next(review.Diff.Before!, made, review.File.Signed.Expires)), IsTold = true };
        foreach (var line in PendingText.Changes(anew.Diff, rules))
            context.Output.Tell("  " + line);
        PendingText.WarnOfOneTimeKeys(context.Output, [anew]);
        // The parked one goes only when another takes its place.
        signing.Replaces = role => role == review.Role.Name ? review.Parked?.Change : null;
        var result = await signing.PublishAsync(found.Repository, current, [share], made, keys => $"Sign {review.Role.Name} {anew.Diff.After.Version} ({PendingText.Summary(anew, rules)}), with {keys}?", cancellationToken);
        if (result.IsPublished)
            context.Output.Say("Published", $"{found.Repository}  ({SignResults.RolesOf(result)})");
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", found.Repository.Value);
            writer.WriteOutcome(result.Pending.IsEmpty ? result.IsPublished ? "published" : "unchanged" : "pending", Outcome.Verified);
            writer.WriteBoolean("remade", true);
            writer.WriteEndObject();
        });
        return Outcome.Verified;
    }

    // Only what the role's keys had signed can tell what the change was about.
    private async Task<Targets> ReadBaseAsync(PendingSource found, CurrentRoles current, PendingReview review, CancellationToken cancellationToken)
    {
        var format = current.Targets.Snapshot.Root.Format;
        var maxBytes = VerificationLimits.Default.MaxListedBytes;
        var name = format.Rules.FileName(review.Role.Name, review.File.Signed.Version - 1);
        var bytes = review.File.Signed.Version == 1 ? null : await context.WithinTimeoutAsync(token => context.Servers.For(format).Metadata(found.Repository).FetchAsync(name, maxBytes, token), cancellationToken);
        if (bytes is null)
            throw Refuse([review], $"The version that it was made for is not on {context.Servers.Address} any more. Have it made anew by whoever began.");
        var file = format.Read<Targets>(bytes, maxBytes);
        if (file.Signed.Version != review.File.Signed.Version - 1)
            throw Refuse([review], $"{context.Servers.Address} answers with another version than the one that it was made for. Have it made anew by whoever began.");
        return review.Role.Count(file).IsMet ? file.Signed : throw Refuse([review], "The version that it was made for was signed by other keys. Have it made anew by whoever began.");
    }

    private static TrustException Refuse(ImmutableArray<PendingReview> stale, string hint) =>
        new(TrustError.PendingIsStale, $"{string.Join(" and ", stale.Select(review => $"{review.Role.Name} {review.File.Signed.Version}"))} cannot be signed: {string.Join(" and ", stale.Select(review => $"{review.Role.Name} {review.Diff.Before?.Version ?? 0}"))} is current by now.") { Role = stale[0].Role.Name.Value, Hint = hint };
}
