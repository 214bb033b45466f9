using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>The next version of targets or of a delegated role.</summary>
public static class TargetsEditor
{
    /// <summary>The first version, without any target.</summary>
    public static Targets First(DateTimeOffset expires) => new()
    {
        Version = 1,
        Expires = expires,
        TargetFiles = new Dictionary<string, TargetFile>().AsReadOnly(),
    };

    /// <summary>The version after <paramref name="current"/>; what the change does not touch stays, unknown members included.</summary>
    /// <param name="current">The trusted version.</param>
    /// <param name="change">Targets to set and to remove, and what changes in the delegations.</param>
    /// <param name="expires">The new expiry, UTC.</param>
    /// <exception cref="Errors.TrustException">As <see cref="DelegationChange.ApplyTo"/>.</exception>
    public static Targets Next(Targets current, TargetsChange change, DateTimeOffset expires)
    {
        var files = new Dictionary<string, TargetFile>(current.TargetFiles, StringComparer.Ordinal);
        foreach (var path in change.Remove)
            files.Remove(path);
        foreach (var (path, target) in change.Set)
            files[path] = target;
        return (change.Delegations?.ApplyTo(current) ?? current) with { SpecVersion = null, Version = current.Version + 1, Expires = expires, TargetFiles = files.AsReadOnly() };
    }
}
