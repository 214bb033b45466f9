using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Ceremony;

/// <summary>
/// A root that waits for signatures: the current root, the proposed one with the signatures so far, and for a new repository its
/// first targets. It is read from files that anybody may have changed; what it says is worked out from the metadata in it, on the spot.
/// </summary>
public sealed class RootProposal
{
    private RootProposal(IMetadataFormat format, RepositoryName repository, SignedMetadata<Root>? current, SignedMetadata<Root> proposed, SignedMetadata<Targets>? targets) =>
        (Format, Repository, Current, Proposed, Targets) = (format, repository, current, proposed, targets);

    /// <summary>The repository's format.</summary>
    public IMetadataFormat Format { get; }

    /// <summary>The repository.</summary>
    public RepositoryName Repository { get; }

    /// <summary>The root on which it builds; null for a new repository.</summary>
    public SignedMetadata<Root>? Current { get; }

    /// <summary>The proposed root with the signatures so far.</summary>
    public SignedMetadata<Root> Proposed { get; }

    /// <summary>The first targets of a new repository with the signatures so far; null where there is a current root.</summary>
    public SignedMetadata<Targets>? Targets { get; }

    /// <summary>What the signatures cover, as lower-case hex SHA-256: what two people compare to see that they sign the same.</summary>
    public string Change => CollectedSignatures.IdOf(Proposed);

    /// <summary>Who has signed, by the rules of the current root (first, if there is one) and by those of the proposed one.</summary>
    public ImmutableArray<SigningProgress> Progress => [.. Lists.Select(list => ProgressOf(Proposed, list))];

    /// <summary>Who has signed the first targets; null where there are none.</summary>
    public SigningProgress? TargetsProgress => Targets is null ? null : ProgressOf(Targets, SignerList.Of(Proposed.Signed, RoleName.Targets));

    /// <summary>True if nobody has to sign any more.</summary>
    public bool IsComplete => Progress.All(progress => progress.IsMet) && TargetsProgress is null or { IsMet: true };

    /// <summary>What it changes.</summary>
    public RootDiff Diff => RootDiff.Of(Format, Current, Proposed);

    /// <summary>All that is signed, a line for each thing: what changes in root, and until when the first targets of a new repository are valid.</summary>
    public IEnumerable<string> Lines() => Targets is { } targets ? Diff.Lines().Append(FormattableString.Invariant($"targets 1: empty, expires: {targets.Signed.Expires.UtcDateTime:yyyy-MM-dd}")) : Diff.Lines();

    private ImmutableArray<SignerList> Lists =>
        Current is { } current ? [SignerList.Of(current.Signed, RoleName.Root), SignerList.Of(Proposed.Signed, RoleName.Root)] : [SignerList.Of(Proposed.Signed, RoleName.Root)];

    /// <summary>Proposes a root, which nobody has signed yet.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="current">The current root, or null for a new repository.</param>
    /// <param name="next">The proposed root.</param>
    /// <param name="targets">The first targets of a new repository, or null where there is a current root.</param>
    /// <param name="referenceTime">The time now, UTC.</param>
    /// <exception cref="TrustException">A coded refusal of a root that would lock clients out.</exception>
    public static RootProposal Create(IMetadataFormat format, RepositoryName repository, SignedMetadata<Root>? current, Root next, Targets? targets, DateTimeOffset referenceTime)
    {
        ProposalRules.Check(format, repository, current?.Signed, next, referenceTime);
        return new RootProposal(format, repository, current, MetadataSigner.Unsigned(format, next), targets is null ? null : MetadataSigner.Unsigned(format, targets));
    }

    /// <summary>Puts a proposal together from its parts, as they come from files or from a server.</summary>
    /// <exception cref="TrustException">A coded refusal of the current root; <see cref="TrustError.InvalidProposal"/> if the parts do not go together.</exception>
    public static RootProposal Of(IMetadataFormat format, RepositoryName repository, SignedMetadata<Root>? current, SignedMetadata<Root> proposed, SignedMetadata<Targets>? targets)
    {
        if (current is not null)
            TrustedRoot.Pin(format, current.File, VerificationLimits.Default).RequireRepository(repository);
        return current is null == targets is not null
            ? new RootProposal(format, repository, current, proposed, targets)
            : throw new TrustException(TrustError.InvalidProposal, "A proposal has either the current root or the first targets of a new repository.");
    }

    /// <summary>Refuses a proposal that would lock clients or its holders out; whoever made it may have left this out.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public void Check(DateTimeOffset referenceTime)
    {
        ProposalRules.Check(Format, Repository, Current?.Signed, Proposed.Signed, referenceTime);
        if (Targets is { } targets)
        {
            WriteRules.CheckTargets(Format, RoleName.Targets, targets.Signed, 0, referenceTime, WriteLimits.Default);
            // Its holder signs it beside the root, so there must be nothing in it to read but how long it is valid.
            var empty = MetadataSigner.Unsigned(Format, TargetsEditor.First(targets.Signed.Expires) with { Repository = Proposed.Signed.Repository });
            if (!empty.Payload.Span.SequenceEqual(targets.Payload.Span))
                throw new TrustException(TrustError.InvalidProposal, "The first targets of a new repository are empty; these are not.") { Role = RoleName.Targets.Value };
        }
    }

    /// <summary>Signs with private keys: root, and the first targets with those that speak for it. Who has signed already signs no more.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if a key may sign neither.</exception>
    public RootProposal Sign(IReadOnlyCollection<ISigningKey> signers)
    {
        var forTargets = Targets is null ? [] : signers.Where(signer => MaySign(signer, [SignerList.Of(Proposed.Signed, RoleName.Targets)])).ToList();
        var forRoot = signers.Where(signer => MaySign(signer, Lists) || !forTargets.Contains(signer)).ToList();
        return new RootProposal(Format, Repository, Current,
            CollectedSignatures.Sign(Format, Proposed, Lists, forRoot),
            Targets is null ? null : CollectedSignatures.Sign(Format, Targets, [SignerList.Of(Proposed.Signed, RoleName.Targets)], forTargets));
    }

    /// <summary>Every key that may sign the root or the first targets, with the role for which it does.</summary>
    public IEnumerable<(RoleName Role, PublicKey Key)> Candidates => Lists.SelectMany(list => list.Members).Select(key => (RoleName.Root, key))
        .Concat(Targets is null ? [] : SignerList.Of(Proposed.Signed, RoleName.Targets).Members.Select(key => (RoleName.Targets, key)));

    /// <summary>The same proposal with the signatures of both; those that do not hold are left out.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.PublishConflict"/> if they are different proposals.</exception>
    public RootProposal Merge(RootProposal other)
    {
        if (Format != other.Format || Repository != other.Repository || !SameBytes(Current, other.Current) || Targets is null != other.Targets is null)
            throw new TrustException(TrustError.PublishConflict, "The two proposals are for different repositories, or build on different roots.");
        return new RootProposal(Format, Repository, Current,
            CollectedSignatures.Merge(Format, Proposed, other.Proposed, Lists),
            Targets is null ? null : CollectedSignatures.Merge(Format, Targets, other.Targets!, [SignerList.Of(Proposed.Signed, RoleName.Targets)]));
    }

    /// <summary>The files to publish.</summary>
    /// <param name="referenceTime">The time now, UTC.</param>
    /// <exception cref="TrustException"><see cref="TrustError.ThresholdNotMet"/> if signatures are missing, or a coded refusal of the proposal.</exception>
    public IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> Complete(DateTimeOffset referenceTime)
    {
        Check(referenceTime);
        var root = Current is null
            ? TrustedRoot.Pin(Format, Proposed.File, VerificationLimits.Default)
            : TrustedRoot.Pin(Format, Current.File, VerificationLimits.Default).AcceptRoot(Proposed.File);
        root.RequireRepository(Repository, referenceTime);
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Root] = root.Metadata.File };
        if (Targets is { } targets)
        {
            _ = SignatureThreshold.Require(targets, RoleName.Targets, $"root {root.Version}", root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[RoleName.Targets]);
            files[RoleName.Targets] = targets.File;
        }
        return files;
    }

    private static bool MaySign(ISigningKey signer, ImmutableArray<SignerList> lists) =>
        lists.SelectMany(list => list.Members).Any(key => key.Scheme == signer.Scheme && key.Material.Span.SequenceEqual(signer.Material.Span));

    private static bool SameBytes(SignedMetadata<Root>? one, SignedMetadata<Root>? other) =>
        one is null ? other is null : other is not null && one.File.Span.SequenceEqual(other.File.Span);

    private SigningProgress ProgressOf<TRole>(SignedMetadata<TRole> file, SignerList list)
        where TRole : class, IRole
    {
        var result = SignatureThreshold.Count(file, list.Keys, list.Role);
        return new SigningProgress(list.Place, result.Threshold, [.. result.Signed.Select(Holder)], [.. result.Missing.Select(Holder)]);
    }

    private KeyHolder Holder(KeyId id) => new(id, Proposed.Signed.KeyNames.GetValueOrDefault(id) ?? Current?.Signed.KeyNames.GetValueOrDefault(id));
}
