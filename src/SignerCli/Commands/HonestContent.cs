using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Finds what a targets role said before somebody stole its key.</summary>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
internal sealed class HonestContent(CommandContext context, OwnerReading current)
{
    private const int MaxTries = 20;

    /// <summary>The content of the last version that no thief made.</summary>
    /// <param name="role">Targets or a delegated role.</param>
    /// <param name="from">The version to take, or null for the highest plausible one.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The content, and the highest plausible version that was ever published, which the next one follows.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.MetadataUnknown"/> if it is found nowhere.</exception>
    public async Task<(Targets Content, long Highest)> FindAsync(RoleName role, long? from, CancellationToken cancellationToken)
    {
        var published = current.Top.Role == role ? current.Top : current.Delegated.FirstOrDefault(reading => reading.Role == role)?.Trusted;
        var remembered = current.Remembered.GetValueOrDefault(role);
        var known = await context.WithinTimeoutAsync(token => context.Servers.Management.ReadVersionsAsync(current.Repository, role, token), cancellationToken);
        ImmutableArray<long> plausible = [.. known.Append(published?.Metadata.Signed.Version ?? 0).Append(remembered?.Version ?? 0).Where(version => version is > 0 and <= OnlineVersions.MaxPlausible).Distinct().OrderDescending()];
        foreach (var version in plausible.Where(version => from is null || version == from).Take(MaxTries))
        {
            if (version == published?.Metadata.Signed.Version)
                return (published.Metadata.Signed, plausible[0]);
            if (version == remembered?.Version)
                return (Read(remembered.File), plausible[0]);
            if (await FetchAsync(role, version, cancellationToken) is { } file && Recall(role, file) == version)
                return (Read(file), plausible[0]);
        }
        throw new TrustException(TrustError.MetadataUnknown, from is null ? $"No version of {role} is found that is no thief's." : $"{role} {from} is not found, or is not signed by the present keys.")
        {
            Role = role.Value,
            Hint = plausible.IsEmpty ? "Run this on a machine that has seen the repository before, or sign the images anew in a new repository." : $"Versions that are known: {string.Join(", ", plausible.Take(MaxTries))} (--from VERSION).",
        };
    }

    private long? Recall(RoleName role, ReadOnlyMemory<byte> file) =>
        role == RoleName.Targets ? current.Top.Snapshot.RecallTargetsVersion(file) : current.Top.DelegatesTo(role) ? current.Top.RecallDelegatedVersion(role, file) : null;

    private Targets Read(ReadOnlyMemory<byte> file) => current.Format.Read<Targets>(file, VerificationLimits.Default.MaxListedBytes).Signed;

    private Task<byte[]?> FetchAsync(RoleName role, long version, CancellationToken cancellationToken) => context.WithinTimeoutAsync(
        token => context.Servers.For(current.Format).Metadata(current.Repository).FetchAsync(current.Format.Rules.FileName(role, version), VerificationLimits.Default.MaxListedBytes, token), cancellationToken);
}
