using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>The current targets, and what was asked for of the roles that it delegates to.</summary>
/// <param name="Targets">The top-level targets.</param>
/// <param name="Delegated">The delegated roles that were read; one without a file, or with one that does not verify, has the refusal.</param>
public sealed record CurrentRoles(TrustedTargets Targets, ImmutableArray<RoleReading> Delegated)
{
    /// <summary>The hash bins that were read.</summary>
    public ImmutableArray<RoleReading> Bins { get; init; } = [];

    /// <summary>True if every hash bin was read.</summary>
    public bool HasAllBins => Targets.Bins is { } bins && Bins.Length == bins.Count;

    /// <summary>What a role says, or null if nothing was published for it yet. Of targets that is also what its hash bins say, as far as they were read.</summary>
    /// <exception cref="TrustException">A file of the role does not verify.</exception>
    public Targets? ContentOf(RoleName role) => role == Targets.Role && Targets.Bins is not null ? BinnedTargets.Content(this) : Find(role)?.Metadata.Signed;

    /// <summary>A change as one role can hold it.</summary>
    /// <param name="role">The role.</param>
    /// <param name="paths">The target paths that are the role's share; null for all that it may speak for.</param>
    /// <param name="change">The change.</param>
    /// <returns>The part that the role may speak for, completed; null if there is nothing in it for the role.</returns>
    /// <exception cref="TrustException">A file of the role does not verify.</exception>
    public TargetsChange? ChangeFor(SigningRole role, ImmutableSortedSet<string>? paths, TargetsChange change) =>
        ImageSigner.ChangeFor(role, paths, ContentOf(role.Name), change, isWhole: Targets.Bins is null || HasAllBins);

    /// <summary>
    /// The trusted file of a role; null if there is none: nothing was published for it yet, or clients leave out what was, because
    /// the keys that it has now did not sign it. Whoever signs it next begins anew.
    /// </summary>
    /// <exception cref="TrustException">The role's file does not verify.</exception>
    public TrustedTargets? Find(RoleName role) => role == Targets.Role ? Targets : FileOf(Delegated.Concat(Bins).Single(read => read.Role == role));

    /// <summary>The same of a role that was read.</summary>
    /// <exception cref="TrustException">The role's file does not verify.</exception>
    internal TrustedTargets? FileOf(RoleReading reading) =>
        reading.Refusal is null or { Error: TrustError.RoleNotListed } || IsLeftOut(reading) ? reading.Trusted : throw reading.Refusal;

    /// <summary>The roles that clients leave out because too few of the keys that they have now have signed them.</summary>
    public IEnumerable<RoleReading> LeftOut => Delegated.Where(IsLeftOut);

    private bool IsLeftOut(RoleReading reading) =>
        reading.Refusal?.Error == TrustError.ThresholdNotMet && Targets.Snapshot.Root.Format.Rules.UnverifiableRole == UnverifiableRole.IsSkipped;
}
