using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// A repository to be shown: what verifies, and what does not beside it, so that nobody hides the rest by withholding or spoiling one
/// role. Nothing that is read like this may be pulled.
/// </summary>
/// <param name="Reading">The repository.</param>
/// <param name="Survey">Its roles.</param>
/// <param name="Found">The targets that resolve, each as a verifier finds it.</param>
/// <param name="Refused">The targets that some role lists and verifiers refuse.</param>
internal sealed record RepositoryOverview(RepositoryReading Reading, RoleSurvey Survey, ImmutableArray<FoundTarget> Found, ImmutableArray<RefusedTarget> Refused)
{
    /// <summary>The roles that were read.</summary>
    public ImmutableArray<RoleReading> Roles => Survey.Roles;

    /// <summary>The delegated roles that do not verify.</summary>
    public IReadOnlyList<UnverifiedRole> Unverified { get; } = [.. Survey.Unverified];

    /// <summary>The role whose refusal refuses a target; null if it is something else.</summary>
    public RoleName? CauseOf(RefusedTarget target) => Unverified.FirstOrDefault(role => role.Refusal == target.Refusal)?.Role;

    /// <summary>Everything that is wrong, each thing once.</summary>
    public IReadOnlyList<TrustException> Problems { get; } = ProblemsOf(Survey, Refused);

    /// <summary>Reads the repository, even if a part of it has expired.</summary>
    /// <param name="trust">The repository.</param>
    /// <param name="referenceTime">The time of the run, UTC.</param>
    /// <param name="path">The one target that is wanted, so that of hash bins only its own need be read; null for all.</param>
    /// <param name="time">How long delegated roles may take.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrustException">A coded refusal of root, timestamp, snapshot or targets, but not <see cref="TrustError.Expired"/>.</exception>
    public static async Task<RepositoryOverview> ReadAsync(RepositoryTrust trust, DateTimeOffset referenceTime, string? path, TimeSpan time, CancellationToken cancellationToken)
    {
        var reading = await RepositoryReading.ReadAsync(trust, referenceTime, cancellationToken);
        using var patience = new Patience(time, cancellationToken);
        var overview = await OfAsync(reading, path, patience);
        // Some clients leave out a role that has expired; whoever owns it has to see it.
        return overview.Roles.Select(role => role.Refusal).Concat(overview.Refused.Select(refused => refused.Refusal)).FirstOrDefault(refusal => refusal?.Error == TrustError.Expired) is { } expired
            ? await OfAsync(await RepositoryReading.ReadExpiredAsync(trust, referenceTime, expired, cancellationToken), path, patience)
            : overview;
    }

    private static async Task<RepositoryOverview> OfAsync(RepositoryReading reading, string? path, Patience patience)
    {
        var survey = path is not null && reading.Targets.Bins is not null ? new RoleSurvey([], null) : await RoleSurvey.ReadAsync(reading.Client, reading.Targets, patience);
        // Each target may lead to the role that was not given; the ones that were are here.
        if (patience.IsShort)
            patience.End();
        var paths = new SortedSet<string>(survey.Roles.SelectMany(role => role.Trusted?.Metadata.Signed.TargetFiles.Keys ?? []), StringComparer.Ordinal);
        if (path is not null)
            paths.Add(path);
        var found = ImmutableArray.CreateBuilder<FoundTarget>();
        var refused = ImmutableArray.CreateBuilder<RefusedTarget>();
        foreach (var listed in paths)
        {
            try
            {
                // A role may list more than it may speak for; only what a search finds counts.
                if (await patience.SpendAsync(token => reading.Client.FindAsync(reading.Targets, listed, token)) is { } target)
                    found.Add(target);
            }
            catch (TrustException e)
            {
                refused.Add(new RefusedTarget(listed, e));
            }
        }
        return new RepositoryOverview(reading, survey, found.ToImmutable(), refused.ToImmutable());
    }

    // A run refuses a role once, and its time is over once, so that what a role and its targets suffer from is the same thing.
    private static IReadOnlyList<TrustException> ProblemsOf(RoleSurvey survey, ImmutableArray<RefusedTarget> refused)
    {
        var unverified = survey.Unverified.ToList();
        var known = unverified.Select(role => role.Refusal).ToHashSet<TrustException>(ReferenceEqualityComparer.Instance);
        return [.. survey.Limit is { } limit ? [limit] : Array.Empty<TrustException>(), .. unverified.Select(role => role.Problem), .. refused.Select(target => target.Refusal).Where(known.Add)];
    }
}
