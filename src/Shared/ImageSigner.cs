using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>The front door of signing: a change of targets in, a published version out.</summary>
/// <param name="trust">The repository under its pinned root.</param>
/// <param name="server">Where to publish.</param>
/// <param name="time">The clock; every attempt is a run of its own.</param>
/// <param name="options">How the client updates.</param>
public sealed class ImageSigner(RepositoryTrust trust, ITrustServer server, TimeProvider time, TrustClientOptions options)
{
    /// <summary>
    /// How often a change is signed if other publishers are first each time. Somebody wins every round, so that fifty publishers
    /// at once need up to fifty rounds.
    /// </summary>
    public const int MaxAttempts = 100;

    // Milliseconds of the first wait at the most; each further one is longer by as much, up to five times.
    private const int MaxFirstWait = 100;
    private const int MinFirstWait = 20;
    private const int LongestWait = 5;

    // What Notary's tools give a snapshot that its owner signs.
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromDays(3 * 365);

    /// <summary>Keys of snapshot, where the repository's owner signs it and not the server; none if the server does.</summary>
    public ImmutableArray<ISigningKey> SnapshotSigners { get; init; } = [];

    /// <summary>The current targets, verified; expired targets as well, because their owner is about to renew them.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<TrustedTargets> ReadCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await trust.StartRun(time.GetUtcNow(), options).RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TrustException e) when (e.Error == TrustError.Expired && e.Role == RoleName.Targets.Value)
        {
            // Root, timestamp and snapshot were found fresh before targets was looked at.
            return await trust.StartRun(time.GetUtcNow(), options with { ChecksExpiry = false, ClockTolerance = null }).RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Applies a change to the current targets, signs and publishes; starts over if another publisher was first.</summary>
    /// <param name="change">What to change; <see cref="PlatformTargets"/> completes it.</param>
    /// <param name="lifetime">How long the new version is valid.</param>
    /// <param name="signers">Keys of the targets role, at least its threshold.</param>
    /// <param name="cancellationToken">Ends the work; doing it again is harmless.</param>
    /// <exception cref="TrustException">
    /// A coded refusal; <see cref="TrustError.PublishConflict"/> after <see cref="MaxAttempts"/> attempts. Nothing is published then.
    /// </exception>
    public async Task<SigningResult> PublishAsync(TargetsChange change, TimeSpan lifetime, ImmutableArray<ISigningKey> signers, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var current = await ReadCurrentAsync(cancellationToken).ConfigureAwait(false);
            // With each version anew: another publisher may have signed or revoked an index meanwhile.
            var completed = PlatformTargets.Complete(current.Metadata.Signed, change);
            if (completed.IsNoChangeTo(current.Metadata.Signed) && time.GetUtcNow() < current.Metadata.Signed.Expires)
                return new SigningResult(false, current.Metadata.Signed.Version, current.Metadata.Signed.Expires, current.Signers.Signed, attempt - 1);
            var next = TargetsEditor.Next(current.Metadata.Signed, completed, time.GetUtcNow() + lifetime);
            var (signed, keys) = Sign(current.Snapshot.Root, next, signers);
            try
            {
                _ = await server.PublishAsync(trust.Repository, FilesOf(current.Snapshot, signed), cancellationToken).ConfigureAwait(false);
                return new SigningResult(true, next.Version, signed.Signed.Expires, keys, attempt);
            }
            catch (TrustException e) when (e.Error == TrustError.PublishConflict && attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(MinFirstWait, MaxFirstWait) * Math.Min(attempt, LongestWait)), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The keys that may sign the targets of a repository.</summary>
    public static ImmutableArray<PublicKey> KeysOf(TrustedRoot root) => KeysOf(root, RoleName.Targets);

    /// <summary>The keys that may sign a top-level role of a repository.</summary>
    public static ImmutableArray<PublicKey> KeysOf(TrustedRoot root, RoleName name)
    {
        var role = root.Metadata.Signed.Roles[name];
        return [.. role.KeyIds.Where(root.Metadata.Signed.Keys.ContainsKey).Select(id => root.Metadata.Signed.Keys[id])];
    }

    private Dictionary<RoleName, ReadOnlyMemory<byte>> FilesOf(TrustedSnapshot current, SignedMetadata<Targets> targets)
    {
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Targets] = targets.File };
        if (SnapshotSigners.IsEmpty)
            return files;
        var next = SnapshotBuilder.Next(current.Metadata.Signed, new Dictionary<RoleName, MetaFile> { [RoleName.Targets] = targets.Describe() }, time.GetUtcNow() + SnapshotLifetime);
        files[RoleName.Snapshot] = MetadataSigner.Sign(trust.Format, next, KeysOf(current.Root, RoleName.Snapshot), SnapshotSigners).File;
        return files;
    }

    private (SignedMetadata<Targets> Signed, ImmutableArray<KeyId> Keys) Sign(TrustedRoot root, Targets next, ImmutableArray<ISigningKey> signers)
    {
        var signed = MetadataSigner.Sign(trust.Format, next, KeysOf(root), signers);
        // Refused here, before anything is sent, by the same count that every client makes.
        var result = SignatureThreshold.Require(signed, RoleName.Targets, $"root {root.Version}", root.Metadata.Signed.Keys, root.Metadata.Signed.Roles[RoleName.Targets]);
        return (signed, result.Signed);
    }
}
