using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>One attempt to sign a change: the next versions of the roles, on top of what is current now.</summary>
/// <param name="format">The repository's format.</param>
/// <param name="current">What is current.</param>
/// <param name="terms">How it is signed.</param>
/// <param name="now">The time of the attempt, UTC.</param>
/// <param name="firstVersion">The version of a role of which there is nothing yet.</param>
internal sealed class SigningRound(IMetadataFormat format, CurrentRoles current, SigningTerms terms, DateTimeOffset now, long firstVersion)
{
    private readonly List<(SigningRole Role, SignedMetadata<Targets> File)> drafts = [];
    private readonly List<SignedRole> unchanged = [];

    /// <summary>The roles that hold the change, published or about to be.</summary>
    public ImmutableArray<SignedRole> Roles =>
        [.. unchanged, .. drafts.Where(IsPublishable).Select(draft => new SignedRole(draft.Role.Name, draft.File.Signed.Version, draft.File.Signed.Expires, draft.Role.Count(draft.File).Signed))];

    /// <summary>The roles that lack signatures.</summary>
    public ImmutableArray<PendingTargets> Pending =>
        [.. drafts.Where(draft => !IsPublishable(draft)).Select(draft => new PendingTargets(draft.Role.Name, draft.File, draft.Role.Count(draft.File)))];

    /// <summary>The files that clients accept, each by whoever delegates to it after this.</summary>
    public Dictionary<RoleName, SignedMetadata<Targets>> Publishable() => drafts.Where(IsPublishable).ToDictionary(draft => draft.Role.Name, draft => draft.File);

    /// <summary>Signs a role's part of a change, if there is anything in it for the role that it does not hold already.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.ThresholdNotMet"/> if the keys are too few and they have to do.</exception>
    public void Sign(RoleSigners signers, TargetsChange change)
    {
        if (signers.Role != current.Targets.Role || current.Targets.Bins is null)
        {
            Sign(signers, role => current.ChangeFor(role, signers.Paths, change));
            return;
        }
        foreach (var (role, part) in BinnedTargets.Divide(current, change, now, signers.IsRenewed))
            Sign(signers with { Role = role }, _ => part);
    }

    private void Sign(RoleSigners signers, Func<SigningRole, TargetsChange?> partOf)
    {
        var role = SigningRole.Find(current.Targets, Draft(RoleName.Targets)?.Signed ?? current.Targets.Metadata.Signed, signers.Role)
            ?? throw new TrustException(TrustError.RoleNotListed, $"Targets {current.Targets.Metadata.Signed.Version} does not delegate to {signers.Role}.") { Role = signers.Role.Value };
        var trusted = current.Find(role.Name);
        var before = trusted?.Metadata.Signed;
        var own = partOf(role);
        if (own is null && !signers.IsRenewed)
            return;
        if (trusted is not null && !signers.IsRenewed && own!.IsNoChangeTo(before!) && now < before!.Expires)
        {
            unchanged.Add(new SignedRole(role.Name, before.Version, before.Expires, trusted.Signers.Signed));
            return;
        }
        var expires = now + terms.Lifetime;
        var next = TargetsEditor.Next(before ?? TargetsEditor.First(expires) with { Version = FirstVersionOf(role.Name) - 1 }, own ?? new TargetsChange(), expires);
        var signed = MetadataSigner.Sign(format, next, role.Keys, signers.Keys);
        // Refused here, before anything is sent, by the same count that every client makes.
        if (!terms.MayBePartial)
            _ = role.RequireSigned(signed);
        drafts.Add((role, signed));
    }

    // A role that was removed and is back goes on from the file that snapshot still lists.
    private long FirstVersionOf(RoleName role) =>
        Math.Max(firstVersion, (current.Targets.Snapshot.Metadata.Signed.Meta.GetValueOrDefault(role)?.Version ?? 0) + 1);

    private SignedMetadata<Targets>? Draft(RoleName role) => drafts.FirstOrDefault(draft => draft.Role.Name == role).File;

    // While targets itself waits for signatures, a role counts by whom the current targets delegate to.
    private bool IsPublishable((SigningRole Role, SignedMetadata<Targets> File) draft)
    {
        if (draft.Role.Delegation is null || Draft(RoleName.Targets) is not { } top || SigningRole.Of(current.Targets.Snapshot.Root, RoleName.Targets).Count(top).IsMet)
            return draft.Role.Count(draft.File).IsMet;
        return SigningRole.Find(current.Targets, draft.Role.Name)?.Count(draft.File).IsMet == true;
    }
}
