using System.Runtime.ExceptionServices;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>Has the chain accept targets and every uploaded role, each by a role that delegates to it.</summary>
internal static class AcceptTargets
{
    public static void All(TrustedSnapshot snapshot, IReadOnlyDictionary<RoleName, TargetsDocument> files, IEnumerable<RoleName> uploaded, DateTimeOffset referenceTime)
    {
        var changed = uploaded.ToHashSet();
        var wanted = changed.ToHashSet();
        var targets = files[RoleName.Targets].Read();
        var top = snapshot.AcceptTargets(targets, wanted.Remove(RoleName.Targets) ? referenceTime : WhileFresh(targets, referenceTime));
        RequireAllBins(snapshot, top.Metadata.Signed);
        // Whoever delegates anew must not cut off what is published: clients would refuse every target on that way.
        // Where clients do without such a role, its owner signs it anew when he likes.
        var cutOff = snapshot.Root.Format.Rules.UnverifiableRole == UnverifiableRole.EndsSearch ? changed : [];
        if (cutOff.Count > 0)
        {
            var known = files.Keys.ToHashSet();
            wanted.UnionWith(cutOff.SelectMany(delegator => DelegatesOf(files[delegator].Read(), known)));
        }
        if (wanted.Count > 0)
            AcceptDelegated(top, files, wanted, changed, referenceTime);
    }

    private static void AcceptDelegated(TrustedTargets top, IReadOnlyDictionary<RoleName, TargetsDocument> files, HashSet<RoleName> wanted, HashSet<RoleName> changed, DateTimeOffset referenceTime)
    {
        var refusals = new Dictionary<RoleName, TrustException>();
        var visited = new HashSet<RoleName>();
        var delegators = new Queue<TrustedTargets>([top]);
        var others = new Queue<TrustedTargets>();
        HashSet<RoleName>? known = null;
        while (wanted.Count > 0)
        {
            // What is not asked for is read only to see whether it delegates to what is, and after everything else: a publish
            // must not cost more for each role that it leaves alone.
            if (delegators.TryDequeue(out var delegator))
            {
                others.Enqueue(delegator);
                foreach (var role in DelegatesOf(delegator.Metadata, wanted).ToList())
                    Visit(delegator, role);
            }
            else if (others.TryDequeue(out var outer))
            {
                foreach (var role in DelegatesOf(outer.Metadata, known ??= files.Keys.ToHashSet()))
                    Visit(outer, role);
            }
            else
                break;
        }
        foreach (var role in wanted)
        {
            if (refusals.TryGetValue(role, out var refusal))
                ExceptionDispatchInfo.Throw(refusal);
            throw new TrustException(TrustError.RoleNotListed, $"No role that clients can reach delegates to {role}.")
            {
                Role = role.Value,
                Hint = "The owner of targets, or of the delegating role, lists the role and its keys first.",
            };
        }

        void Visit(TrustedTargets delegator, RoleName role)
        {
            if (visited.Contains(role))
                return;
            try
            {
                var targets = files[role].Read();
                delegators.Enqueue(delegator.AcceptDelegated(role, targets, changed.Contains(role) ? referenceTime : WhileFresh(targets, referenceTime)));
                visited.Add(role);
                wanted.Remove(role);
            }
            catch (TrustException refusal)
            {
                // Another role may delegate to it with the right keys.
                refusals.TryAdd(role, refusal);
            }
        }
    }

    private static IEnumerable<RoleName> DelegatesOf(SignedMetadata<Targets> targets, HashSet<RoleName> known) =>
        targets.Signed.Delegations?.DelegatedAmong(known) ?? [];

    // Clients go to the bin of a target at once: a bin without a file would end their search. Source: TAP 15.
    private static void RequireAllBins(TrustedSnapshot snapshot, Targets targets)
    {
        if (targets.Delegations?.Succinct is not { } bins)
            return;
        var listed = snapshot.Metadata.Signed.Meta.Keys.Count(bins.IsBin);
        if (listed != bins.Count)
            throw new TrustException(TrustError.RoleNotListed, $"targets delegates to {bins.Count} bins {bins.NamePrefix}-…, of which {listed} have a file; upload the missing ones with it.") { Role = RoleName.Targets.Value };
    }

    // When a file expires that is not part of this upload, is the concern of its owner.
    private static DateTimeOffset WhileFresh(SignedMetadata<Targets> targets, DateTimeOffset referenceTime) =>
        targets.Signed.Expires > referenceTime ? referenceTime : targets.Signed.Expires.AddTicks(-1);
}
