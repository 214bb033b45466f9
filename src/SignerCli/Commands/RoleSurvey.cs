using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// Targets and every role below it, those included that cannot be had or do not verify: to be shown to people. No decision about an
/// image may rest on it; searches go by <see cref="TrustClient.FindAsync"/>, which lets nothing pass.
/// </summary>
/// <param name="Roles">The roles, outer ones first, each as the first role that delegates to it has it.</param>
/// <param name="Limit">Why roles are missing, or null if none is.</param>
internal sealed record RoleSurvey(ImmutableArray<RoleReading> Roles, TrustException? Limit)
{
    private const int MaxRoles = 1024;

    /// <summary>The roles that do not verify and are needed. In some formats a role need not have a file.</summary>
    public IEnumerable<UnverifiedRole> Unverified => Roles.Where(reading => !IsUnused(reading)).Select(UnverifiedRole.Of).OfType<UnverifiedRole>();

    /// <summary>Reads them, as far as there is time.</summary>
    public static async Task<RoleSurvey> ReadAsync(TrustClient client, TrustedTargets top, Patience patience)
    {
        var published = top.Snapshot.Metadata.Signed.Meta.Keys.ToHashSet();
        var maxRoles = top.Bins is null ? MaxRoles : MaxRoles + HashBins.Max;
        var seen = new HashSet<RoleName> { top.Role };
        var readings = new List<RoleReading> { new(top.Role, null, top, null) };
        for (var next = 0; next < readings.Count; next++)
        {
            if (readings[next].Trusted is not { } role)
                continue;
            foreach (var name in DelegatedBy(role, published).Where(seen.Add))
            {
                if (readings.Count >= maxRoles)
                    return new RoleSurvey([.. readings], new TrustException(TrustError.DelegationLimit, $"The repository has more than {maxRoles} delegated roles; not all of them are shown."));
                readings.Add(await ReadAsync(client, new DelegationStep(role, name), patience));
            }
        }
        return new RoleSurvey([.. readings], null);
    }

    // There may be 2^32 hash bins; the ones that exist are looked at.
    private static IEnumerable<RoleName> DelegatedBy(TrustedTargets role, HashSet<RoleName> published) => role.Metadata.Signed.Delegations switch
    {
        null => [],
        { Succinct: not null } delegations => delegations.DelegatedAmong(published),
        var delegations => delegations.Roles.Select(delegated => delegated.Name).Where(role.DelegatesTo),
    };

    private static async Task<RoleReading> ReadAsync(TrustClient client, DelegationStep step, Patience patience)
    {
        try
        {
            return new RoleReading(step.Role, step.Delegator, await patience.SpendAsync(token => client.LoadDelegatedAsync(step, token)), null);
        }
        catch (TrustException e)
        {
            return new RoleReading(step.Role, step.Delegator, null, e);
        }
    }

    private static bool IsUnused(RoleReading reading) =>
        reading is { Delegator: { } delegator, Refusal: { Error: TrustError.RoleNotListed } refusal } && DelegationWalk.MaySkip(delegator.Snapshot.Root.Format.Rules, refusal);
}
