using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService;

/// <summary>Moves the targets of a repository to another number of hash bins, or to one file, in one publish. The same number again signs all bins anew.</summary>
/// <param name="trust">The repository under its pinned root.</param>
/// <param name="server">Where to publish.</param>
/// <param name="time">The clock; every attempt is a run of its own.</param>
public sealed class RepositoryReshaping(RepositoryTrust trust, ITrustServer server, TimeProvider time)
{
    /// <summary>How often it is tried if others publish first each time; each attempt signs everything.</summary>
    public const int MaxAttempts = 5;

    // The owner is about to renew what has expired.
    private static readonly TrustClientOptions ForOwner = new() { ChecksExpiry = false, ClockTolerance = null };

    /// <summary>The current targets, verified but for expiry, and everything that is signed.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<(TrustedTargets Targets, IReadOnlyDictionary<string, TargetFile> Files)> ReadAsync(CancellationToken cancellationToken) =>
        await ReadAsync(ForOwner, cancellationToken).ConfigureAwait(false);

    /// <summary>Refuses a repository whose targets cannot be moved.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/></exception>
    public static void RequireMovable(TrustedTargets targets, int bins)
    {
        if (bins > 0)
            _ = HashBins.RequireCount(targets.Snapshot.Root.Format, bins);
        // A file delegates either to bins or to roles with names. Source: TAP 15.
        if (bins > 0 && targets.Metadata.Signed.Delegations is { Roles.IsEmpty: false } delegations)
        {
            throw new TrustException(TrustError.Usage, $"targets delegates to {string.Join(", ", delegations.Roles.Take(8).Select(role => role.Name))}; beside roles with names there can be no hash bins (TAP 15).")
            {
                Role = targets.Role.Value,
                Hint = "Remove these signers first (signer signer remove), or leave the repository as it is.",
            };
        }
    }

    /// <summary>Publishes the new shape and reads it back: every path stands for the same content as before, or it is an error.</summary>
    /// <param name="bins">The number of bins, or 0 for none.</param>
    /// <param name="lifetime">How long the new versions are valid.</param>
    /// <param name="signers">Keys of the role targets, at least as many as it needs.</param>
    /// <param name="cancellationToken">Ends the work; doing it again is harmless.</param>
    /// <exception cref="TrustException">A coded refusal; nothing is published then.</exception>
    public async Task<ReshapingResult> ReshapeAsync(int bins, TimeSpan lifetime, ImmutableArray<ISigningKey> signers, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (current, before) = await ReadAsync(cancellationToken).ConfigureAwait(false);
            RequireMovable(current, bins);
            var files = Sign(current, before, bins, time.GetUtcNow() + lifetime, signers);
            try
            {
                var published = await server.PublishAsync(trust.Repository, files.ToDictionary(file => file.Key, file => file.Value.File), cancellationToken).ConfigureAwait(false);
                await RequireSameAsync(before, published, cancellationToken).ConfigureAwait(false);
                return new ReshapingResult(before.Count, (int)(current.Bins?.Count ?? 0), bins, files[RoleName.Targets].Signed.Version, files[RoleName.Targets].Signed.Expires, files.Values.Sum(file => (long)file.File.Length));
            }
            catch (TrustException e) when (e.Error == TrustError.PublishConflict && attempt < MaxAttempts)
            {
                // Another publisher was first; its change is part of what is read now.
            }
        }
    }

    private Dictionary<RoleName, SignedMetadata<Targets>> Sign(TrustedTargets current, IReadOnlyDictionary<string, TargetFile> all, int bins, DateTimeOffset expires, ImmutableArray<ISigningKey> signers)
    {
        var role = SigningRole.Of(current.Snapshot.Root, RoleName.Targets);
        var before = current.Metadata.Signed;
        var next = bins == 0
            ? before with { TargetFiles = all, Delegations = before.Delegations?.Succinct is null ? before.Delegations : null }
            : before with { TargetFiles = new Dictionary<string, TargetFile>().AsReadOnly(), Delegations = HashBins.Delegate(bins, role.Keys, role.Threshold) };
        var files = new Dictionary<RoleName, Targets> { [RoleName.Targets] = next with { Version = before.Version + 1, Expires = expires } };
        if (next.Delegations?.Succinct is { } succinct)
        {
            // Versions go on where a bin of that name stopped in a former shape: no client sees one fall.
            var listed = current.Snapshot.Metadata.Signed.Meta;
            foreach (var (bin, content) in HashBins.Spread(succinct, all, name => listed.TryGetValue(name, out var file) ? file.Version ?? 0 : 0, expires, before.Repository))
                files.Add(bin, content);
        }
        var signed = files.ToDictionary(file => file.Key, file => MetadataSigner.Sign(trust.Format, file.Value, role.Keys, signers));
        foreach (var file in signed.Values)
            _ = role.RequireSigned(file);
        return signed;
    }

    // As any verifier reads it. If somebody has published since, it is his set that is read, and his to check.
    private async Task RequireSameAsync(IReadOnlyDictionary<string, TargetFile> before, PublishResult published, CancellationToken cancellationToken)
    {
        var (targets, after) = await ReadAsync(new TrustClientOptions(), cancellationToken).ConfigureAwait(false);
        if (published.Versions.TryGetValue(RoleName.Snapshot, out var version) && targets.Snapshot.Metadata.Signed.Version != version)
            return;
        var lost = before.Where(entry => !after.TryGetValue(entry.Key, out var file) || !file.Hashes.ContentEquals(entry.Value.Hashes)).Select(entry => entry.Key).ToList();
        if (lost.Count > 0 || after.Count != before.Count)
            throw new TrustException(TrustError.StoreDamaged, $"After the move, {lost.Count} of {before.Count} targets are not found as they were signed, such as {lost.FirstOrDefault()}.") { Hint = "Do not rely on the repository until its metadata was looked at; the former versions are in its history." };
    }

    private async Task<(TrustedTargets Targets, IReadOnlyDictionary<string, TargetFile> Files)> ReadAsync(TrustClientOptions options, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(time.GetUtcNow(), options);
        var targets = await client.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (targets.Bins is null)
            return (targets, targets.Metadata.Signed.TargetFiles);
        var found = await TargetListing.ReadAsync(client, targets, cancellationToken).ConfigureAwait(false);
        return (targets, found.ToDictionary(target => target.Path, target => target.Target, StringComparer.Ordinal).AsReadOnly());
    }
}
