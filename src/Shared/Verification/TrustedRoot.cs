using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Verification;

/// <summary>The first link: a root that is trusted. Only it can accept the next root and a timestamp.</summary>
public sealed class TrustedRoot
{
    private TrustedRoot(IMetadataFormat format, VerificationLimits limits, SignedMetadata<Root> metadata, ThresholdResult signers)
    {
        Format = format;
        Limits = limits;
        Metadata = metadata;
        Signers = signers;
    }

    /// <summary>The format of the repository.</summary>
    public IMetadataFormat Format { get; }

    /// <summary>What is read at the most.</summary>
    public VerificationLimits Limits { get; }

    /// <summary>The root.</summary>
    public SignedMetadata<Root> Metadata { get; }

    /// <summary>Who signed it by its own rules.</summary>
    public ThresholdResult Signers { get; }

    /// <summary>The root's version.</summary>
    public long Version => Metadata.Signed.Version;

    /// <summary>Takes a pinned root file as trusted, if it is signed by its own threshold. Its expiry does not matter yet.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.2.</remarks>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static TrustedRoot Pin(IMetadataFormat format, ReadOnlyMemory<byte> file, VerificationLimits limits)
    {
        var metadata = format.Read<Root>(file, limits.MaxRootBytes);
        return new TrustedRoot(format, limits, metadata, RequireSignedBy(metadata, metadata.Signed));
    }

    /// <summary>Accepts the next root: one version on, signed by the threshold of this root and by its own.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.3.4–5.3.5. An expired root is accepted: only the last one must be fresh.</remarks>
    /// <exception cref="TrustException">A coded refusal; this root stays the trusted one.</exception>
    public TrustedRoot AcceptRoot(ReadOnlyMemory<byte> file)
    {
        var next = Format.Read<Root>(file, Limits.MaxRootBytes);
        _ = RequireSignedBy(next, Metadata.Signed);
        var signers = RequireSignedBy(next, next.Signed);
        RequireSameRepository(next.Signed.Repository, isNeeded: true, RoleName.Root, next.Signed.Version);
        if (next.Signed.Version != Version + 1)
            throw new TrustException(TrustError.VersionMismatch, $"The root after root {Version} must have version {Version + 1}; this one has {next.Signed.Version}.") { Role = RoleName.Root.Value };
        return new TrustedRoot(Format, Limits, next, signers);
    }

    /// <summary>True if a key that spoke for a role under <paramref name="previous"/> does so no longer.</summary>
    /// <remarks>A key that is only added leaves what was signed before as good as it was.</remarks>
    public bool HasRotated(RoleName role, TrustedRoot previous)
    {
        var now = FingerprintsOf(role);
        return !previous.FingerprintsOf(role).IsSubsetOf(now);
    }

    /// <summary>Refuses a last root that has expired.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.3.10.</remarks>
    /// <exception cref="TrustException"><see cref="TrustError.Expired"/></exception>
    public void RequireFresh(DateTimeOffset referenceTime) => Freshness.Require(Metadata.Signed, RoleName.Root, referenceTime);

    /// <summary>Refuses a root that names another repository than the one it is to be used for, in itself or in its certificates. Expiry does not matter.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.WrongRepository"/></exception>
    public void RequireRepository(RepositoryName repository) =>
        RequireRepository(repository, DateTimeOffset.MinValue, problem => problem.Error == TrustError.WrongRepository);

    /// <summary>
    /// Refuses a last root that names another repository, or whose signatures do not reach its threshold when only those keys
    /// count that may speak for the repository at that time (certificates, where the format has them).
    /// </summary>
    /// <remarks>An expired certificate still counts for the step to the next root; only the last root must have good ones.</remarks>
    /// <exception cref="TrustException"><see cref="TrustError.WrongRepository"/>, <see cref="TrustError.UnacceptableKey"/> or <see cref="TrustError.Expired"/>.</exception>
    public void RequireRepository(RepositoryName repository, DateTimeOffset referenceTime) =>
        RequireRepository(repository, referenceTime, static _ => true);

    /// <summary>Accepts a timestamp.</summary>
    /// <remarks>Source: TUF 1.0.34 §5.4.2–5.4.4.</remarks>
    /// <param name="file">The file.</param>
    /// <param name="previous">The timestamp that was trusted before, recalled under this root, or null.</param>
    /// <param name="referenceTime">The one time of this update, UTC.</param>
    /// <returns>The new timestamp; <paramref name="previous"/> itself if the version is the same.</returns>
    /// <exception cref="TrustException">A coded refusal; the previous timestamp stays the trusted one.</exception>
    public TrustedTimestamp AcceptTimestamp(ReadOnlyMemory<byte> file, TrustedTimestamp? previous, DateTimeOffset referenceTime)
    {
        var accepted = ReadTimestamp(file);
        if (previous is not null)
        {
            Freshness.RequireNotLower(accepted.Metadata.Signed.Version, previous.Metadata.Signed.Version, RoleName.Timestamp);
            // Equal is "unchanged": whatever the new file says, it is dropped. Source: TUF 1.0.34 §5.4.3.1.
            if (accepted.Metadata.Signed.Version == previous.Metadata.Signed.Version)
                accepted = previous;
            else if (previous.SnapshotVersion is { } trusted && accepted.SnapshotVersion is { } offered)
                Freshness.RequireNotLower(offered, trusted, RoleName.Snapshot);
        }
        Freshness.Require(accepted.Metadata.Signed, RoleName.Timestamp, referenceTime);
        return accepted;
    }

    /// <summary>Recalls a stored timestamp for the rollback check: its signatures must hold under this root, its expiry does not matter.</summary>
    /// <returns>Null if it does not hold; after a change of keys that is how a fast-forward is undone (TUF 1.0.34 §5.3.11).</returns>
    public TrustedTimestamp? RecallTimestamp(ReadOnlyMemory<byte> file)
    {
        try
        {
            return ReadTimestamp(file);
        }
        catch (TrustException)
        {
            return null;
        }
    }

    /// <summary>
    /// Refuses metadata of another repository whose owner uses the same keys. A root that names its repository is followed by
    /// such roots only; targets without a name are let through, because other tools write them.
    /// </summary>
    internal void RequireSameRepository(string? repository, bool isNeeded, RoleName name, long version)
    {
        if (Metadata.Signed.Repository is { } mine && repository != mine && (isNeeded || repository is not null))
            throw new TrustException(TrustError.WrongRepository, $"{name} {version} belongs to {repository ?? "no named repository"}; root {Version} belongs to {mine}.") { Role = name.Value };
    }

    internal ThresholdResult Require<TRole>(SignedMetadata<TRole> metadata, RoleName name)
        where TRole : class, IRole =>
        SignatureThreshold.Require(metadata, name, $"root {Version}", Metadata.Signed.Keys, Metadata.Signed.Roles[name]);

    private void RequireRepository(RepositoryName repository, DateTimeOffset referenceTime, Func<RootKeyProblem, bool> matters)
    {
        var root = Metadata.Signed;
        if (root.Repository is { } named && named != repository.Value)
            throw new TrustException(TrustError.WrongRepository, $"Root {Version} belongs to {named}, not to {repository}.") { Role = RoleName.Root.Value, Hint = "Each repository has its own root. Ask its owners for the right one." };
        var role = root.Roles[RoleName.Root];
        var problems = new Dictionary<KeyId, RootKeyProblem>();
        foreach (var id in role.KeyIds)
        {
            if (root.Keys.TryGetValue(id, out var key) && Format.Rules.RootKeyProblem(key, repository, referenceTime) is { } problem && matters(problem))
                problems.Add(id, problem);
        }
        var sound = role with { KeyIds = [.. role.KeyIds.Where(id => !problems.ContainsKey(id))] };
        if (problems.Count == 0 || SignatureThreshold.Count(Metadata, root.Keys, sound).IsMet)
            return;
        var (first, found) = problems.First();
        throw new TrustException(found.Error, $"Key {first.Short} of root {Version} cannot speak for {repository}: {found.Text}.") { Role = RoleName.Root.Value };
    }

    private static ThresholdResult RequireSignedBy(SignedMetadata<Root> metadata, Root delegator) =>
        SignatureThreshold.Require(metadata, RoleName.Root, $"root {delegator.Version}", delegator.Keys, delegator.Roles[RoleName.Root]);

    private HashSet<string> FingerprintsOf(RoleName role) =>
        [.. Metadata.Signed.Roles[role].KeyIds.Where(Metadata.Signed.Keys.ContainsKey).Select(id => Metadata.Signed.Keys[id].Fingerprint)];

    private TrustedTimestamp ReadTimestamp(ReadOnlyMemory<byte> file)
    {
        var metadata = Format.Read<Timestamp>(file, Limits.MaxTimestampBytes);
        return new TrustedTimestamp(this, metadata, Require(metadata, RoleName.Timestamp));
    }
}
