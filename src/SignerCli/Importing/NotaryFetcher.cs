using System.Collections.Immutable;
using System.Globalization;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Importing;

/// <summary>Fetches everything that a Notary server has of a repository, down from its timestamp.</summary>
/// <param name="repository">The repository.</param>
/// <param name="source">The server.</param>
internal sealed class NotaryFetcher(RepositoryName repository, IMetadataSource source)
{
    /// <summary>Former versions of one role that are fetched at the most.</summary>
    public const int MaxFormerVersions = 200;

    /// <summary>Bytes of one repository that are fetched at the most.</summary>
    public const long MaxBytes = 512L * 1024 * 1024;

    private static readonly VerificationLimits Limits = VerificationLimits.Default;

    private readonly List<ForeignFile> files = [];
    private readonly List<string> missing = [];
    private long bytes;
    private bool isGone;

    private static IMetadataFormat Format => ForeignRepository.Format;

    /// <summary>Fetches the current files and every root.</summary>
    /// <param name="withFormerVersions">True to fetch the former versions of all roles as well.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RepositoryUnknown"/>, or a refusal of the server.</exception>
    public async Task<ForeignRepository> FetchAsync(bool withFormerVersions, CancellationToken cancellationToken)
    {
        var timestamp = await FetchAsync(RoleName.Timestamp, "timestamp.json", cancellationToken)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no trust data of {repository} at {source.Location}.") { Hint = "Check the repository's full name: registry host, path, upper and lower case." };
        var snapshot = await FetchAsync(RoleName.Snapshot, Format.Rules.ListedFileName(RoleName.Snapshot, Format.Read<Timestamp>(timestamp.Data, Limits.MaxTimestampBytes).Signed.SnapshotMeta, true), cancellationToken)
            ?? throw new TrustException(TrustError.ServerRefused, $"The timestamp of {repository} at {source.Location} names a snapshot that the server does not have.");
        var meta = Format.Read<Snapshot>(snapshot.Data, Limits.MaxListedSnapshotBytes).Signed.Meta;
        await FetchRootsAsync(meta.TryGetValue(RoleName.Root, out var root) ? Format.Rules.ListedFileName(RoleName.Root, root, true) : "root.json", cancellationToken);
        foreach (var (role, listed) in meta.OrderBy(entry => entry.Key.Value, StringComparer.Ordinal))
        {
            if (role != RoleName.Root)
                _ = await FetchListedAsync(role, Format.Rules.ListedFileName(role, listed, true), cancellationToken);
        }
        if (withFormerVersions)
            await FetchFormerAsync(cancellationToken);
        return new ForeignRepository(repository, [.. files]) { Missing = [.. missing] };
    }

    private async Task FetchRootsAsync(string current, CancellationToken cancellationToken)
    {
        if (await FetchListedAsync(RoleName.Root, current, cancellationToken) is { } root)
            await FetchFormerAsync(RoleName.Root, root.Version, Limits.MaxRootUpdates, cancellationToken);
    }

    // Nothing depends on them: what there is of the repository by now is not given up for one of them.
    private async Task FetchFormerAsync(CancellationToken cancellationToken)
    {
        foreach (var newest in files.Where(file => file.Role != RoleName.Root).ToList())
        {
            try
            {
                await FetchFormerAsync(newest.Role, newest.Version, MaxFormerVersions, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                missing.Add($"former versions of {newest.Role}: the time was over before all were fetched");
                return;
            }
        }
    }

    // Downwards without a gap: a chain of roots is of use from its newest end, and others keep less and less the older it gets.
    private async Task FetchFormerAsync(RoleName role, long version, int most, CancellationToken cancellationToken)
    {
        for (var former = version - 1; former >= 1 && !isGone; former--)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{former}.{role}.json");
            if (version - former > most || bytes >= MaxBytes)
            {
                missing.Add($"{name} and older: at most {most} former versions of a role, and {MaxBytes / (1024 * 1024)} MiB of a repository, are fetched");
                return;
            }
            try
            {
                if (await FetchBytesAsync(name, cancellationToken) is not { } data)
                    return;
                if (role == RoleName.Root && VersionOf(role, data) is var inside && inside != former)
                    throw new TrustException(TrustError.VersionMismatch, $"It says that it is root {inside}.");
                // What a former version says of itself is not asked: it may be of a time when less was checked.
                Add(role, former, data);
            }
            catch (TrustException e)
            {
                missing.Add($"{name}: {e.Message}");
                isGone = e.Error == TrustError.ServerUnreachable;
                if (role == RoleName.Root)
                    return;
            }
        }
    }

    // One that cannot be read is missing, and the chain says what that means; the others are kept.
    private async Task<ForeignFile?> FetchListedAsync(RoleName role, string name, CancellationToken cancellationToken)
    {
        if (await FetchBytesAsync(name, cancellationToken) is not { } data)
            return null;
        try
        {
            return Add(role, VersionOf(role, data), data);
        }
        catch (TrustException e)
        {
            missing.Add($"{name}: {e.Message}");
            return null;
        }
    }

    private async Task<ForeignFile?> FetchAsync(RoleName role, string name, CancellationToken cancellationToken) =>
        await FetchBytesAsync(name, cancellationToken) is { } data ? Add(role, VersionOf(role, data), data) : null;

    private async Task<byte[]?> FetchBytesAsync(string name, CancellationToken cancellationToken)
    {
        if (bytes >= MaxBytes)
            throw new TrustException(TrustError.TooLarge, $"{repository} has more than {MaxBytes / (1024 * 1024)} MiB of trust data, which is more than is fetched.");
        if (await source.FetchAsync(name, Limits.MaxListedBytes, cancellationToken) is not { } data)
        {
            missing.Add($"{name}: the server does not have it");
            return null;
        }
        bytes += data.Length;
        return data;
    }

    private ForeignFile Add(RoleName role, long version, byte[] data)
    {
        var file = new ForeignFile(role, version, data);
        if (!files.Exists(other => other.Role == role && other.Version == version))
            files.Add(file);
        return file;
    }

    private static long VersionOf(RoleName role, byte[] data) => role.Value switch
    {
        "root" => Format.Read<Root>(data, Limits.MaxListedBytes).Signed.Version,
        "timestamp" => Format.Read<Timestamp>(data, Limits.MaxTimestampBytes).Signed.Version,
        "snapshot" => Format.Read<Snapshot>(data, Limits.MaxListedSnapshotBytes).Signed.Version,
        _ => Format.Read<Targets>(data, Limits.MaxListedBytes).Signed.Version,
    };
}
