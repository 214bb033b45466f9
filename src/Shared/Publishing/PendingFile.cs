using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Publishing;

/// <summary>
/// A metadata file that lacks signatures, parked until those who still have to sign fetch it. Nobody trusts it: it is checked only so
/// far that no stranger can leave something there, and that nobody is asked to sign what could never be published.
/// </summary>
public sealed record PendingFile
{
    /// <summary>Its role: root, targets or a delegated role.</summary>
    public required RoleName Role { get; init; }

    /// <summary>The version inside it.</summary>
    public required long Version { get; init; }

    /// <summary>When it expires, UTC.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>What tells it from other changes, whoever signed: 64 lower-case hex digits.</summary>
    public required string Change { get; init; }

    /// <summary>Keys that have signed.</summary>
    public required ImmutableArray<KeyId> SignedBy { get; init; }

    /// <summary>The file.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What tells a parked file from other changes: 64 lower-case hex digits.</summary>
    /// <exception cref="TrustException">A coded refusal; the file cannot be read.</exception>
    public static string ChangeOf(IMetadataFormat format, RoleName role, ReadOnlyMemory<byte> file) => role == RoleName.Root
        ? CollectedSignatures.IdOf(format.Read<Root>(file, int.MaxValue))
        : CollectedSignatures.IdOf(format.Read<Targets>(file, int.MaxValue));

    /// <summary>Takes a file that somebody wants to park, with the signatures of what is parked already if that is the same change.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="role">The role.</param>
    /// <param name="upload">The file as received.</param>
    /// <param name="parked">What is parked for the role, or null.</param>
    /// <param name="files">The repository's current root, the role, and what may delegate to it; or, before its first publish, the parked root alone.</param>
    /// <param name="isPublished">False before the first publish.</param>
    /// <param name="rules">The operator's rules.</param>
    /// <param name="referenceTime">The time, UTC.</param>
    /// <exception cref="TrustException">
    /// A coded refusal; <see cref="TrustError.PublishConflict"/> if another change is parked, <see cref="TrustError.ThresholdNotMet"/> if no
    /// key that speaks for the role now has signed.
    /// </exception>
    public static PendingFile Take(
        IMetadataFormat format, RepositoryName repository, RoleName role, ReadOnlyMemory<byte> upload, ReadOnlyMemory<byte>? parked,
        IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, bool isPublished, PublishRules rules, DateTimeOffset referenceTime)
    {
        if (role == RoleName.Snapshot || role == RoleName.Timestamp)
            throw new TrustException(TrustError.MalformedRequest, $"{role} is signed by the server; it does not wait for anybody.") { Role = role.Value };
        var current = files.TryGetValue(RoleName.Root, out var root) ? format.Read<Root>(root, rules.ClientLimits.MaxRootBytes).Signed : null;
        if (role == RoleName.Root)
        {
            var proposed = UploadReading.Read<Root>(format, role, upload, rules.ClientLimits.MaxRootBytes);
            RequireRepository(role, proposed.Signed.Repository, repository);
            RequireNext(proposed.Signed, isPublished ? current : null, format);
            WriteRules.CheckRoot(format, proposed.Signed, referenceTime, rules.Limits);
            var own = SignerList.Of(proposed.Signed, role);
            return Take(format, role, proposed, parked, isPublished ? [SignerList.Of(current!, role)] : [own], [own]);
        }
        if (current is null)
            throw new TrustException(TrustError.RepositoryUnknown, $"Nothing is published for {repository}, and no root is parked that says who signs {role}.") { Role = role.Value, Hint = "Park root first." };
        var targets = UploadReading.Read<Targets>(format, role, upload, rules.ClientLimits.MaxListedBytes);
        RequireRepository(role, targets.Signed.Repository, repository);
        var published = isPublished && files.TryGetValue(role, out var file) ? format.Read<Targets>(file, rules.ClientLimits.MaxListedBytes).Signed.Version : 0;
        if (targets.Signed.Version == published)
            throw new TrustException(TrustError.VersionTaken, $"{role} {published} is published already; {published + 1} is next.") { Role = role.Value };
        WriteRules.CheckTargets(format, role, targets.Signed, published, referenceTime, rules.Limits);
        return Take(format, role, targets, parked, role == RoleName.Targets ? [SignerList.Of(current, role)] : Delegators(format, files, role, rules), []);
    }

    private static PendingFile Take<TRole>(
        IMetadataFormat format, RoleName role, SignedMetadata<TRole> upload, ReadOnlyMemory<byte>? parked, ImmutableArray<SignerList> needed, ImmutableArray<SignerList> others)
        where TRole : class, IRole
    {
        ImmutableArray<SignerList> lists = [.. needed, .. others];
        if (CollectedSignatures.SignersOf(upload, needed).IsEmpty)
        {
            throw new TrustException(TrustError.ThresholdNotMet, $"{role} {upload.Signed.Version} is signed by none of the keys that speak for it now ({string.Join(", ", needed.SelectMany(list => list.Role.KeyIds).Distinct().Take(8).Select(id => id.Short))}).")
            {
                Role = role.Value,
                Hint = "Only who holds such a key can leave something here for the others. Sign it first, or hand on the file.",
            };
        }
        var merged = CollectedSignatures.Merge(format, parked is { } known ? Parked(format, role, upload, known) : upload, upload, lists);
        return new PendingFile
        {
            Role = role,
            Version = merged.Signed.Version,
            Expires = merged.Signed.Expires,
            Change = CollectedSignatures.IdOf(merged),
            SignedBy = [.. merged.Signatures.Select(signature => signature.KeyId)],
            Data = merged.File,
        };
    }

    private static SignedMetadata<TRole> Parked<TRole>(IMetadataFormat format, RoleName role, SignedMetadata<TRole> upload, ReadOnlyMemory<byte> data)
        where TRole : class, IRole
    {
        var parked = format.Read<TRole>(data, int.MaxValue);
        return parked.Payload.Span.SequenceEqual(upload.Payload.Span)
            ? parked
            : throw new TrustException(TrustError.PublishConflict, $"Another change of {role} is parked: {CollectedSignatures.IdOf(parked)}, which is {role} {parked.Signed.Version}.") { Role = role.Value, Hint = "Fetch and look at it. It can be replaced by naming it, or dropped." };
    }

    private static ImmutableArray<SignerList> Delegators(IMetadataFormat format, IReadOnlyDictionary<RoleName, ReadOnlyMemory<byte>> files, RoleName role, PublishRules rules)
    {
        var lists = ImmutableArray.CreateBuilder<SignerList>();
        foreach (var (name, file) in files.Where(file => file.Key != RoleName.Root && file.Key != RoleName.Snapshot && file.Key != RoleName.Timestamp))
        {
            if (format.Read<Targets>(file, rules.ClientLimits.MaxListedBytes).Signed.Delegations is { } delegations && delegations.KeysOf(role) is { } keys)
                lists.Add(new SignerList(name.Value, delegations.Keys, keys));
        }
        return lists.Count > 0 ? lists.ToImmutable() : throw new TrustException(TrustError.RoleNotListed, $"No published role delegates to {role}.") { Role = role.Value };
    }

    private static void RequireNext(Root proposed, Root? current, IMetadataFormat format)
    {
        if (current is null ? proposed.Version > format.Rules.MaxFirstRootVersion : proposed.Version != current.Version + 1)
            throw new TrustException(current is not null && proposed.Version <= current.Version ? TrustError.VersionRollback : TrustError.VersionMismatch, $"Root {proposed.Version} cannot be next: {(current is null ? "nothing is published yet, so root 1 is" : $"root {current.Version} is published, so root {current.Version + 1} is")}.") { Role = RoleName.Root.Value };
    }

    private static void RequireRepository(RoleName role, string? named, RepositoryName repository)
    {
        if (named is not null && named != repository.Value)
            throw new TrustException(TrustError.WrongRepository, $"The {role} belongs to {named}, not to {repository}.") { Role = role.Value };
    }
}
