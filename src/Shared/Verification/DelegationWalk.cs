using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>
/// The search for one target: pre-order, depth first, in listed order. It says which role is needed next; the caller
/// fetches it, has the delegator accept it, and hands it back. Source: TUF 1.0.34 §5.6.7.
/// </summary>
public sealed class DelegationWalk
{
    private readonly string targetPath;
    private readonly FormatRules rules;
    private readonly int maxVisits;
    private readonly ICollection<DelegationDecision>? decisions;
    private readonly HashSet<RoleName> visited = [];
    private readonly Stack<DelegationStep> pending = new();

    /// <summary>Starts a search at the top-level targets.</summary>
    /// <param name="top">The top-level targets.</param>
    /// <param name="targetPath">What is searched.</param>
    /// <param name="decisions">Takes what was made of each delegation, to explain the search; or null.</param>
    public DelegationWalk(TrustedTargets top, string targetPath, ICollection<DelegationDecision>? decisions = null)
    {
        this.decisions = decisions;
        this.targetPath = targetPath;
        rules = top.Snapshot.Root.Format.Rules;
        maxVisits = top.Snapshot.Root.Limits.MaxVisitedRoles;
        Visit(top);
    }

    /// <summary>What was found, or null so far.</summary>
    public FoundTarget? Found { get; private set; }

    /// <summary>The role that is needed next, or null if the search is over.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.DelegationLimit"/></exception>
    public DelegationStep? Next()
    {
        while (Found is null && pending.TryPop(out var step))
        {
            // A role that two branches reach is looked at once, from the branch that comes first.
            if (visited.Contains(step.Role))
                continue;
            if (visited.Count >= maxVisits)
                throw new TrustException(TrustError.DelegationLimit, $"The search for \"{targetPath}\" visited {maxVisits} roles without an end.");
            return step;
        }
        return null;
    }

    /// <summary>Looks at a role that was accepted.</summary>
    public void Visit(TrustedTargets role)
    {
        visited.Add(role.Role);
        if (role.Metadata.Signed.TargetFiles.TryGetValue(targetPath, out var target))
        {
            Found = new FoundTarget(targetPath, target, role);
            return;
        }
        if (role.Metadata.Signed.Delegations is not { } delegations)
            return;
        if (delegations.Succinct is { } bins)
        {
            // A path has one bin, whose word is the last, as that of a terminating role is. The text of TAP 15 lets the search go on; other clients do not.
            pending.Clear();
            pending.Push(new DelegationStep(role, bins.BinOf(targetPath)));
            decisions?.Add(new DelegationDecision(role, bins.BinOf(targetPath), DelegationVerdict.Matches));
            return;
        }
        var matching = new List<DelegationStep>();
        foreach (var delegated in delegations.Roles.Where(delegated => Matches(role, delegated)))
        {
            matching.Add(new DelegationStep(role, delegated.Name));
            if (delegated.Terminating)
            {
                // Nothing after it is looked at, neither its siblings nor those of its parents.
                pending.Clear();
                break;
            }
        }
        for (var i = matching.Count - 1; i >= 0; i--)
            pending.Push(matching[i]);
        if (decisions is not null)
            Explain(role, delegations, matching, decisions);
    }

    /// <summary>Leaves out a role that could not be verified, where the format allows that.</summary>
    /// <returns>False if the refusal ends the search; it is then the result.</returns>
    public bool TrySkip(DelegationStep step, TrustException refusal)
    {
        visited.Add(step.Role);
        return MaySkip(rules, refusal);
    }

    /// <summary>True if a format lets its clients do without a role that is refused in that way.</summary>
    /// <remarks>
    /// Only what its owner can have done: too few signatures, expiry, a file that snapshot does not list. A file that is not the
    /// listed one is the doing of somebody on the way, who could otherwise have clients take an older target from another role.
    /// </remarks>
    public static bool MaySkip(FormatRules rules, TrustException refusal) =>
        rules.UnverifiableRole == UnverifiableRole.IsSkipped
        && refusal.Error is TrustError.ThresholdNotMet or TrustError.Expired or TrustError.RoleNotListed;

    private void Explain(TrustedTargets role, Delegations delegations, List<DelegationStep> matching, ICollection<DelegationDecision> to)
    {
        foreach (var delegated in delegations.Roles)
        {
            var verdict = !Matches(role, delegated) ? DelegationVerdict.OtherPaths
                : matching.Any(step => step.Role == delegated.Name) ? DelegationVerdict.Matches
                : DelegationVerdict.BehindTerminating;
            to.Add(new DelegationDecision(role, delegated.Name, verdict));
        }
    }

    private bool Matches(TrustedTargets delegator, DelegatedRole delegated)
    {
        if (delegated.Paths is not null && !rules.MayDelegate(delegator.Role, delegated.Name))
            return false;
        if (delegator.PatternsOf(delegated) is { } paths)
            return paths.Any(pattern => rules.PathMatches(pattern, targetPath));
        if (delegated.PathHashPrefixes is not { } prefixes)
            return false;
        var hash = Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(targetPath)));
        return prefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.Ordinal));
    }
}
