using System.Security.Cryptography;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>One repository under one pinned root: its cache, open for this process, and where its metadata comes from.</summary>
public sealed class RepositoryTrust : IDisposable
{
    private readonly FileMetadataCache files;
    private readonly PinnedCache cache;

    private RepositoryTrust(IMetadataFormat format, RepositoryName repository, IMetadataSource? source, FileMetadataCache files, PinnedCache cache)
    {
        this.files = files;
        Format = format;
        Repository = repository;
        Source = source;
        this.cache = cache;
    }

    /// <summary>The repository's format.</summary>
    public IMetadataFormat Format { get; }

    /// <summary>The repository.</summary>
    public RepositoryName Repository { get; }

    /// <summary>Where metadata comes from, or null offline.</summary>
    public IMetadataSource? Source { get; }

    /// <summary>Opens the cache that belongs to the repository and the pin; a new one starts with the pinned root.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="pin">The pinned root.</param>
    /// <param name="source">Where metadata comes from, or null to work offline.</param>
    /// <param name="cacheDirectory">The directory of all caches.</param>
    /// <param name="cancellationToken">Ends the fetching of a root that is pinned by its fingerprint.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static async Task<RepositoryTrust> OpenAsync(
        IMetadataFormat format, RepositoryName repository, RootPin pin, IMetadataSource? source, string cacheDirectory, CancellationToken cancellationToken)
    {
        var files = FileMetadataCache.Open(Path.Combine(cacheDirectory, repository.FileName), cancellationToken);
        try
        {
            var rootFile = format.Rules.FileName(RoleName.Root, null);
            var cache = new PinnedCache(files, rootFile, pin);
            var root = cache.Read(rootFile);
            if (root is null)
                cache.Write(rootFile, root = pin.File?.ToArray() ?? await FetchPinnedAsync(format, pin, source, cancellationToken).ConfigureAwait(false));
            TrustedRoot.Pin(format, root, VerificationLimits.Default).RequireRepository(repository);
            return new RepositoryTrust(format, repository, source, files, cache);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Starts a run with one reference time.</summary>
    public TrustClient StartRun(DateTimeOffset referenceTime, TrustClientOptions options) => new(Format, Source, cache, referenceTime, options);

    /// <summary>Lets the next process use the cache.</summary>
    public void Dispose() => files.Dispose();

    private static async Task<byte[]> FetchPinnedAsync(IMetadataFormat format, RootPin pin, IMetadataSource? source, CancellationToken cancellationToken)
    {
        if (source is null)
            throw new TrustException(TrustError.RootNotPinned, $"Offline, the root with fingerprint {pin.Fingerprint} is not at hand.") { Hint = "Give the root file itself (--root FILE), or run the command once without --offline." };
        var file = await source.FetchAsync(format.Rules.FileName(RoleName.Root, pin.Version), VerificationLimits.Default.MaxRootBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no root {pin.Version} at {source.Location}.") { Hint = "Check the repository's name and the trust server's address." };
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(file), Convert.FromHexString(pin.Sha256)))
            throw new TrustException(TrustError.RootMismatch, $"Root {pin.Version} at {source.Location} has the SHA-256 {Hex.Encode(SHA256.HashData(file))}, which is not the pinned {pin.Sha256}.") { Role = "root", Hint = "Do not trust that server. Ask the repository's owners for the fingerprint of their root." };
        return file;
    }
}
