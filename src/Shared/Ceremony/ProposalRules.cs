using System.Globalization;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Ceremony;

/// <summary>What must hold for a root before anybody signs it: nothing that would lock clients out, or its holders.</summary>
public static class ProposalRules
{
    /// <summary>How long a root has to be valid at least: whoever notices a mistake needs time for the next one.</summary>
    public static readonly TimeSpan MinLifetime = TimeSpan.FromDays(7);

    /// <summary>Refuses a root that cannot follow the current one, or that would lock clients or its holders out.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="current">The current root, or null for a new repository.</param>
    /// <param name="next">The proposed root.</param>
    /// <param name="referenceTime">The time of the check, UTC.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static void Check(IMetadataFormat format, RepositoryName repository, Root? current, Root next, DateTimeOffset referenceTime)
    {
        if (current is null ? next.Version > format.Rules.MaxFirstRootVersion : next.Version != current.Version + 1)
            throw Refuse(TrustError.VersionMismatch, current is null ? $"A new repository begins with root 1; this is root {next.Version}." : $"Root {current.Version} is followed by root {current.Version + 1}; this is root {next.Version}, which clients would never reach.");
        if (next.Repository is { } named ? named != repository.Value : current?.Repository is not null)
            throw Refuse(TrustError.WrongRepository, $"The root belongs to {next.Repository ?? "no named repository"}, not to {repository}.");
        WriteRules.CheckRoot(format, next, referenceTime, WriteLimits.Default);
        if (next.Expires - referenceTime < MinLifetime)
            throw Refuse(TrustError.ExpiryTooNear, $"Root {next.Version} expires at {next.Expires:u}; {MinLifetime.TotalDays:0} days are needed at least, or the next ceremony would come too late.", "Propose it again with a later expiry.");
        foreach (var role in next.Roles.Keys)
            CheckDifferentKeys(next, role);
        foreach (var role in (RoleName[])[RoleName.Snapshot, RoleName.Timestamp])
            CheckOnlineRole(format, next, role);
        foreach (var key in SignerList.Of(next, RoleName.Root).Members)
        {
            if (format.Rules.RootKeyProblem(key, repository, referenceTime) is { } problem)
                throw Refuse(problem.Error, $"Key {key.Id.Short} cannot be a root key of {repository}: {problem.Text}.");
        }
    }

    /// <summary>Refuses a change that the former holders cannot sign any more.</summary>
    /// <param name="current">The current root.</param>
    /// <param name="lost">Its keys that nobody has any more.</param>
    /// <exception cref="TrustException"><see cref="TrustError.IncompleteRoot"/></exception>
    public static void RequireReachable(Root current, IReadOnlyCollection<KeyId> lost)
    {
        var role = SignerList.Of(current, RoleName.Root);
        var left = role.Members.Where(key => key.IsUsable && !lost.Contains(key.Id)).Select(key => key.Fingerprint).Distinct(StringComparer.Ordinal).Count();
        if (left < role.Role.Threshold)
            throw Refuse(TrustError.IncompleteRoot, $"Root {current.Version} asks for {role.Role.Threshold} signatures and only {left} of its keys {(left == 1 ? "is" : "are")} left: no root can follow it that its clients would accept.", "Look for a backup of one of the lost keys first. signer recover lost-root tells what is left to do without.");
    }

    /// <summary>Refuses keys of a role that the trust server does not hold: it could never sign that role.</summary>
    /// <param name="next">The proposed root.</param>
    /// <param name="role">Snapshot or timestamp.</param>
    /// <param name="held">The keys that the server says it holds or wants to be listed.</param>
    /// <exception cref="TrustException"><see cref="TrustError.IncompleteRoot"/></exception>
    public static void RequireHeld(Root next, RoleName role, IReadOnlyCollection<PublicKey> held)
    {
        var listed = SignerList.Of(next, role).Members.ToList();
        if (!listed.Exists(key => held.Any(other => other.Fingerprint == key.Fingerprint)))
            throw Refuse(TrustError.IncompleteRoot, $"Root {next.Version} lists for {role} the keys {string.Join(", ", listed.Select(key => key.Id.Short))}, and the trust server holds {string.Join(", ", held.Select(key => key.Id.Short))}: it could never sign {role}.", $"Propose it again with --rotate-online {role}, which asks the server for its key.");
    }

    private static void CheckDifferentKeys(Root next, RoleName role)
    {
        var list = SignerList.Of(next, role);
        foreach (var group in list.Members.Where(key => key.IsUsable).GroupBy(key => key.Fingerprint, StringComparer.Ordinal).Where(group => group.Count() > 1))
            throw Refuse(TrustError.UnacceptableKey, $"Role {role} of root {next.Version} lists one key {group.Count()} times, as {string.Join(" and ", group.Select(key => key.Id.Short))}: it would look like several holders and count as one.");
    }

    private static void CheckOnlineRole(IMetadataFormat format, Root next, RoleName role)
    {
        var threshold = next.Roles[role].Threshold;
        if (threshold != 1 && !(role == RoleName.Snapshot && format.Rules.MaySnapshotBeUploaded))
            throw Refuse(TrustError.IncompleteRoot, string.Create(CultureInfo.InvariantCulture, $"Root {next.Version} asks for {threshold} signatures of {role}, which the trust server signs with one key; the threshold must be 1."));
    }

    private static TrustException Refuse(TrustError error, string message, string? hint = null) => new(error, message) { Role = RoleName.Root.Value, Hint = hint };
}
