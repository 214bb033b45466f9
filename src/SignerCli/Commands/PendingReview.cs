using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>A change that waits for signatures, held against what is current: what it would change, who has signed, who is missing.</summary>
internal sealed record PendingReview
{
    /// <summary>The role, with the keys that decide about the change.</summary>
    public required SigningRole Role { get; init; }

    /// <summary>The next version.</summary>
    public required SignedMetadata<Targets> File { get; init; }

    /// <summary>Who has signed.</summary>
    public required ThresholdResult Signers { get; init; }

    /// <summary>What it changes of what is current now.</summary>
    public required TargetsDiff Diff { get; init; }

    /// <summary>What the server says of it, or null.</summary>
    public ParkedChange? Parked { get; init; }

    /// <summary>True if it is the version after the current one, so that it can become current.</summary>
    public bool IsNext => File.Signed.Version == (Diff.Before?.Version ?? 0) + 1 || (Diff.Before is null && File.Signed.Version >= 1);

    /// <summary>True if exactly this is current already.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>True if what can be told of it is all that would be signed.</summary>
    public required bool IsTold { get; init; }

    /// <summary>The same with more signatures.</summary>
    public PendingReview With(SignedMetadata<Targets> file) => this with { File = file, Signers = Role.Count(file) };

    /// <summary>Reads the roles that changes are about.</summary>
    public static async Task<CurrentRoles> ReadCurrentAsync(TrustClient client, TrustedTargets targets, ImmutableArray<PendingSource.Item> items, CancellationToken cancellationToken)
    {
        var readings = ImmutableArray.CreateBuilder<RoleReading>();
        foreach (var role in items.Select(item => item.Role).Where(role => role != targets.Role))
        {
            try
            {
                readings.Add(new RoleReading(role, targets, await client.LoadDelegatedAsync(new DelegationStep(targets, role), cancellationToken), null));
            }
            catch (TrustException e) when (e.Info.Outcome != Outcome.Unreachable)
            {
                readings.Add(new RoleReading(role, targets, null, e));
            }
        }
        return new CurrentRoles(targets, readings.ToImmutable());
    }

    /// <summary>Holds changes against what is current.</summary>
    /// <exception cref="TrustException">A coded refusal of a file that could never be published.</exception>
    public static ImmutableArray<PendingReview> Of(CurrentRoles current, ImmutableArray<PendingSource.Item> items)
    {
        var format = current.Targets.Snapshot.Root.Format;
        var files = items.ToDictionary(item => item.Role, item => (item.Parked, File: format.Read<Targets>(item.File, VerificationLimits.Default.MaxListedBytes)));
        var now = current.Targets.Metadata.Signed;
        // A role that the same change makes has the keys that the change gives it.
        var next = files.TryGetValue(RoleName.Targets, out var top) && top.File.Signed.Version == now.Version + 1 ? top.File.Signed : now;
        return [.. files.OrderBy(file => file.Key != RoleName.Targets).ThenBy(file => file.Key.Value, StringComparer.Ordinal).Select(file => Of(current, next, file.Key, file.Value.File, file.Value.Parked))];
    }

    /// <summary>Those that may become current now: with enough signatures, by roles that are not waiting themselves.</summary>
    public static IReadOnlyDictionary<RoleName, SignedMetadata<Targets>> Publishable(CurrentRoles current, IReadOnlyList<PendingReview> reviews)
    {
        var top = reviews.FirstOrDefault(review => review.Role.Name == RoleName.Targets);
        var isTopReady = top is { IsNext: true, Signers.IsMet: true };
        return reviews.Where(review => review is { IsNext: true, Signers.IsMet: true } && (review == top || isTopReady || SigningRole.Find(current.Targets, review.Role.Name)?.Count(review.File).IsMet == true))
            .ToDictionary(review => review.Role.Name, review => review.File);
    }

    /// <summary>Refuses what must not be signed by anybody: what is not shown, and what no server could publish.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public void RequireSignable(IMetadataFormat format, DateTimeOffset referenceTime)
    {
        WriteRules.CheckTargets(format, Role.Name, File.Signed, Diff.Before?.Version ?? 0, referenceTime, WriteLimits.Default);
        if (!IsTold)
            throw CannotBeShown();
    }

    /// <summary>The refusal of a change of which people could not be told everything.</summary>
    public TrustException CannotBeShown() =>
        new(TrustError.MalformedMetadata, $"The pending {Role.Name} {File.Signed.Version} changes more than can be shown: the order of signers, hash bins, a key under the id of another, or something that this program does not know. It is not signed.")
        {
            Role = Role.Name.Value,
            Hint = "Ask whoever began it, and withdraw it: signer pending drop.",
        };

    private static PendingReview Of(CurrentRoles current, Targets next, RoleName name, SignedMetadata<Targets> file, ParkedChange? parked)
    {
        var role = SigningRole.Find(current.Targets, next, name) ?? SigningRole.Find(current.Targets, name)
            ?? throw new TrustException(TrustError.PendingIsStale, $"The pending change is of {name}, but targets {current.Targets.Metadata.Signed.Version} delegates to no such role.") { Role = name.Value, Hint = "The role was removed. Withdraw the change: signer pending drop." };
        if (file.Signed.Repository is { } repository && current.Targets.Metadata.Signed.Repository is { } here && repository != here)
            throw new TrustException(TrustError.WrongRepository, $"The pending change of {name} belongs to {repository}, not to {here}.") { Role = name.Value };
        var before = current.Find(name);
        var diff = TargetsDiff.Between(before?.Metadata.Signed, file.Signed);
        return new PendingReview
        {
            Role = role,
            File = file,
            Signers = role.Count(file),
            Diff = diff,
            IsTold = diff.TellsAllOf(current.Targets.Snapshot.Root.Format, file),
            Parked = parked,
            IsPublished = before is not null && before.Metadata.Payload.Span.SequenceEqual(file.Payload.Span),
        };
    }
}
