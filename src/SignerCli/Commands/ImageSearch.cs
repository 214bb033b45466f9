using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Goes the way of the search for an image once more, and notes what each role on it said. It decides nothing: verification has done that.</summary>
/// <param name="client">Reads roles; it does not look at expiry, so that what has expired can be shown.</param>
/// <param name="top">The top-level targets.</param>
/// <param name="path">The target path of the image.</param>
/// <param name="now">The time of the run, UTC.</param>
internal sealed class ImageSearch(TrustClient client, TrustedTargets top, string path, DateTimeOffset now)
{
    private readonly FormatRules rules = top.Snapshot.Root.Format.Rules;
    private readonly List<SearchStep> steps = [];

    /// <summary>The roles, in the order of the search; those that were passed by behind their delegator's others.</summary>
    public async Task<ImmutableArray<SearchStep>> ReadAsync(CancellationToken cancellationToken)
    {
        if (rules.ImageRoles.IsEmpty)
            await WalkAsync(cancellationToken);
        else
            await ReadImageRolesAsync(cancellationToken);
        return [.. steps];
    }

    private async Task WalkAsync(CancellationToken cancellationToken)
    {
        var decisions = new List<DelegationDecision>();
        var walk = new DelegationWalk(top, path, decisions);
        var asked = new HashSet<RoleName> { top.Role };
        Lists(top, null);
        while (Next(walk) is { } step)
        {
            asked.Add(step.Role);
            if (await LoadAsync(step.Delegator, step.Role, cancellationToken) is { } role)
                walk.Visit(role);
            else
                break;
        }
        foreach (var passed in decisions.Where(decision => !asked.Contains(decision.Role)))
        {
            steps.Add(new SearchStep(passed.Role.Value, passed.Delegator.Role.Value, passed.Verdict == DelegationVerdict.OtherPaths ? "other-paths" : "not-asked", passed.Verdict switch
            {
                DelegationVerdict.OtherPaths => $"not asked: {path} is none of its paths",
                DelegationVerdict.BehindTerminating => "not asked: a role before it is for this path, and is the last word",
                _ => "not asked: the search ended before",
            })
            { Paths = PathsOf(passed.Delegator, passed.Role) });
        }
    }

    private DelegationStep? Next(DelegationWalk walk)
    {
        try
        {
            return walk.Next();
        }
        catch (TrustException e)
        {
            steps.Add(new SearchStep("", null, "refused", e.Message));
            return null;
        }
    }

    // Where just some roles name images, each of them is asked in turn; the others are shown, because people wonder about them.
    private async Task ReadImageRolesAsync(CancellationToken cancellationToken)
    {
        var isFound = false;
        foreach (var name in rules.ImageRoles)
        {
            if (isFound)
                steps.Add(new SearchStep(name.Value, null, "not-asked", "not asked: the search ended before"));
            else if (name == top.Role)
                isFound = Lists(top, null);
            else if (!top.DelegatesTo(name))
                steps.Add(new SearchStep(name.Value, top.Role.Value, "not-asked", "nobody delegates to it"));
            else
                isFound = await LoadAsync(top, name, cancellationToken) is { } role && role.MaySpeakFor(path) && role.Metadata.Signed.TargetFiles.ContainsKey(path);
        }
        foreach (var other in SigningRole.DelegatedBy(top).Where(role => !rules.ImageRoles.Contains(role.Name)))
            steps.Add(new SearchStep(other.Name.Value, top.Role.Value, "not-asked", $"not asked: clients of this format take images from {string.Join(" and ", rules.ImageRoles)} only") { Paths = PathsOf(top, other.Name) });
    }

    private async Task<TrustedTargets?> LoadAsync(TrustedTargets delegator, RoleName name, CancellationToken cancellationToken)
    {
        try
        {
            var role = await client.LoadDelegatedAsync(new DelegationStep(delegator, name), cancellationToken);
            if (role.Metadata.Signed.Expires > now)
            {
                Lists(role, delegator);
                return role;
            }
            steps.Add(Step(role, delegator, "refused", $"has expired, so that it {Consequence}"));
        }
        catch (TrustException e)
        {
            var isMissing = e.Error == TrustError.RoleNotListed;
            steps.Add(new SearchStep(name.Value, delegator.Role.Value, isMissing ? "not-published" : "refused", isMissing ? $"was never published, so that it {Consequence}" : $"does not verify, so that it {Consequence}: {e.Message}") { Paths = PathsOf(delegator, name) });
        }
        return null;
    }

    private string Consequence => rules.UnverifiableRole == UnverifiableRole.IsSkipped ? "is left out" : "ends the search";

    private bool Lists(TrustedTargets role, TrustedTargets? delegator)
    {
        if (!role.Metadata.Signed.TargetFiles.TryGetValue(path, out var target))
        {
            steps.Add(Step(role, delegator, "not-listed", $"does not list {path}"));
            return false;
        }
        var speaks = role.MaySpeakFor(path);
        steps.Add(Step(role, delegator, speaks ? "found" : "other-paths", $"lists {path} as {InspectReport.DigestOf(new FoundTarget(path, target, role))}{(speaks ? "" : ", which is none of its paths and does not count")}"));
        return speaks;
    }

    private SearchStep Step(TrustedTargets role, TrustedTargets? delegator, string verdict, string text)
    {
        var names = delegator?.Metadata.Signed.KeyNames ?? top.Snapshot.Root.Metadata.Signed.KeyNames;
        return new SearchStep(role.Role.Value, delegator?.Role.Value, verdict, text)
        {
            File = ExplainedFile.Of(role.Role, role.Metadata.Signed, role.Signers, names, now),
            Paths = delegator is null ? [] : PathsOf(delegator, role.Role),
        };
    }

    private ImmutableArray<string> PathsOf(TrustedTargets delegator, RoleName name) =>
        [.. (delegator.Metadata.Signed.Delegations?.Roles.FirstOrDefault(role => role.Name == name)?.Paths ?? []).Select(rules.Signers.ShowPath)];
}
