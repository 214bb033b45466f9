using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Importing;

/// <summary>Holds a repository of another source against the one chain, and against the root that somebody pins.</summary>
internal static class ForeignVerification
{
    // Nothing is signed with them: the lifetimes play no part in verifying.
    private static readonly PublishRules Rules = new() { TimestampLifetime = TimeSpan.FromDays(1), SnapshotLifetime = TimeSpan.FromDays(1) };

    /// <summary>Verifies the current files and every root. Expiry does not matter.</summary>
    /// <param name="repository">The repository as it was read.</param>
    /// <param name="anchor">What must vouch for the chain, or null to take the first root as it is.</param>
    /// <param name="location">Where it was read, for messages.</param>
    /// <param name="referenceTime">The time of the run, UTC.</param>
    /// <returns>The chain, and the one of its roots with which trust begins.</returns>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootMismatch"/> if the anchor does not vouch for it.</exception>
    public static (ForeignChain Chain, TrustedRoot Trusted) Verify(ForeignRepository repository, TrustAnchor? anchor, string location, DateTimeOffset referenceTime)
    {
        var files = repository.Roots.Concat(repository.Current()).Select(file => new UploadedFile(file.Role, file.Data)).ToList();
        var chain = ForeignChain.Verify(ForeignRepository.Format, repository.Name, files, Rules, referenceTime);
        return (chain, anchor?.RequireChain(chain.Roots, location, referenceTime) ?? chain.Roots[0]);
    }

    /// <summary>What in a chain has expired, for people; null if nothing has.</summary>
    public static string? ExpiredIn(ForeignChain chain, DateTimeOffset now)
    {
        var set = chain.Set;
        (RoleName Role, DateTimeOffset Expires)[] all =
        [
            (RoleName.Root, set.Root.Metadata.Signed.Expires),
            (RoleName.Timestamp, set.Timestamp.Metadata.Signed.Expires),
            (RoleName.Snapshot, set.Snapshot.Metadata.Signed.Expires),
            .. chain.Targets.Select(targets => (targets.Role, targets.Metadata.Signed.Expires)),
        ];
        var expired = all.Where(each => each.Expires <= now).Select(each => $"{each.Role} since {CommandOutput.Date(each.Expires)}").ToList();
        return expired.Count == 0 ? null : "expired: " + string.Join(", ", expired);
    }
}
