using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>A repository of any kind of files that is known by the address of its metadata alone: its cache, open for this process.</summary>
public sealed class HostedRepository : IDisposable
{
    private readonly IMetadataFormat format;
    private readonly IMetadataSource source;
    private readonly FileMetadataCache files;
    private readonly PinnedCache cache;

    private HostedRepository(IMetadataFormat format, IMetadataSource source, FileMetadataCache files, PinnedCache cache) =>
        (this.format, this.source, this.files, this.cache) = (format, source, files, cache);

    /// <summary>Opens the cache that belongs to the address and the anchor; a new one starts with the first root that the anchor accepts.</summary>
    /// <param name="format">The format of the repository.</param>
    /// <param name="anchor">The pinned root.</param>
    /// <param name="source">Where metadata comes from.</param>
    /// <param name="cacheDirectory">The directory of all caches.</param>
    /// <param name="referenceTime">The time of the opening, UTC.</param>
    /// <param name="cancellationToken">Ends the fetching of the first root.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static async Task<HostedRepository> OpenAsync(
        IMetadataFormat format, RootPin anchor, IMetadataSource source, string cacheDirectory, DateTimeOffset referenceTime, CancellationToken cancellationToken)
    {
        var name = "host-" + Hex.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(source.Location)));
        var files = FileMetadataCache.Open(Path.Combine(cacheDirectory, name), cancellationToken);
        try
        {
            var rootFile = format.Rules.FileName(RoleName.Root, null);
            var cache = new PinnedCache(files, rootFile, anchor);
            var known = cache.Read(rootFile);
            var first = known ?? anchor.FirstRoot?.ToArray() ?? await FirstRoot.FetchAsync("the repository", anchor, [format], _ => source, referenceTime, cancellationToken).ConfigureAwait(false);
            _ = TrustedRoot.Pin(format, first, VerificationLimits.Default);
            if (known is null)
                cache.Write(rootFile, first);
            return new HostedRepository(format, source, files, cache);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Starts a run with one reference time.</summary>
    public TrustClient StartRun(DateTimeOffset referenceTime, TrustClientOptions options) => new(format, source, cache, referenceTime, options);

    /// <summary>Lets the next process use the cache.</summary>
    public void Dispose() => files.Dispose();
}
