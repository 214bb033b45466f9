using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Client;

/// <summary>One repository under what anchors its trust: its cache, open for this process, and where its metadata comes from.</summary>
public sealed class RepositoryTrust : IDisposable
{
    private readonly FileMetadataCache files;
    private readonly PinnedCache cache;
    private readonly TrustAnchor anchor;
    private readonly DateTimeOffset opened;

    private RepositoryTrust(IMetadataFormat format, RepositoryName repository, TrustAnchor anchor, IMetadataSource? source, DateTimeOffset opened, FileMetadataCache files, PinnedCache cache)
    {
        (this.anchor, this.opened, this.files, this.cache) = (anchor, opened, files, cache);
        Format = format;
        Repository = repository;
        Source = source;
    }

    /// <summary>The time of the opening, UTC: that of a run that goes on at once (TUF 1.0.34 §5.1).</summary>
    public DateTimeOffset OpenedAt => opened;

    /// <summary>What decides which root is trusted.</summary>
    public TrustAnchor Anchor => anchor;

    /// <summary>The repository's format.</summary>
    public IMetadataFormat Format { get; }

    /// <summary>The repository.</summary>
    public RepositoryName Repository { get; }

    /// <summary>Where metadata comes from, or null offline.</summary>
    public IMetadataSource? Source { get; }

    /// <summary>
    /// Opens the cache that belongs to the repository and the anchor; a new one starts with the first root that the anchor
    /// accepts. The format of the repository is the one of that root.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="anchor">What decides which root is trusted.</param>
    /// <param name="formats">The formats that the repository may have, in the order in which servers are asked.</param>
    /// <param name="sourceOf">Where metadata of a format comes from, or null to work offline.</param>
    /// <param name="cacheDirectory">The directory of all caches.</param>
    /// <param name="referenceTime">The time of the opening, UTC.</param>
    /// <param name="cancellationToken">Ends the fetching of the first root.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.WrongFormat"/> if the root has none of the formats.</exception>
    public static async Task<RepositoryTrust> OpenAsync(
        RepositoryName repository,
        TrustAnchor anchor,
        ImmutableArray<IMetadataFormat> formats,
        Func<IMetadataFormat, IMetadataSource>? sourceOf,
        string cacheDirectory,
        DateTimeOffset referenceTime,
        CancellationToken cancellationToken)
    {
        ImmutableArray<IMetadataFormat> known = [.. formats.Where(anchor.Knows)];
        if (known.IsEmpty)
            throw new TrustException(TrustError.Usage, $"{anchor.Text} pins certificates, and the root keys of the format {string.Join(" or ", formats.Select(format => format.Name))} are none.") { Hint = "Pin the root's file, or its fingerprint root:VERSION:sha256:…" };
        var files = FileMetadataCache.Open(Path.Combine(cacheDirectory, repository.FileName), cancellationToken);
        try
        {
            var rootFile = known[0].Rules.FileName(RoleName.Root, null);
            var cache = new PinnedCache(files, rootFile, anchor);
            var stored = cache.Read(rootFile);
            var first = stored ?? anchor.FirstRoot?.ToArray() ?? await FirstRoot.FetchAsync(repository.Value, anchor, known, sourceOf, referenceTime, cancellationToken).ConfigureAwait(false);
            var format = MetadataFormats.Detect(first, VerificationLimits.Default.MaxRootBytes);
            if (!known.Contains(format))
                throw new TrustException(TrustError.WrongFormat, $"The root of {repository} has the format {format.Name}; {string.Join(" or ", known.Select(asked => asked.Name))} was asked for.") { Hint = "Leave the format out: it follows from the root." };
            var root = TrustedRoot.Pin(format, first, VerificationLimits.Default);
            root.RequireRepository(repository);
            if (stored is null)
                cache.Write(rootFile, first);
            return new RepositoryTrust(format, repository, anchor, sourceOf?.Invoke(format), referenceTime, files, cache);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Starts a run with one reference time.</summary>
    public TrustClient StartRun(DateTimeOffset referenceTime, TrustClientOptions options) =>
        new(Format, Source, cache, referenceTime, options with { RequireRoot = root => anchor.Require(root, opened) }) { Repository = Repository };

    /// <summary>
    /// Starts a run of an owner who is about to repair the repository: expiry does not matter, nor what earlier runs saw of other roles than
    /// root. What it reads is kept for this run alone.
    /// </summary>
    public TrustClient StartRepair(DateTimeOffset referenceTime) =>
        new(Format, Source, new RepairCache(cache, Format.Rules.FileName(RoleName.Root, null)), referenceTime, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null, RequireRoot = root => anchor.Require(root, opened) })
        {
            Repository = Repository,
        };

    /// <summary>The files of a role that earlier runs kept: read from a server, or published by this machine. Nothing is trusted by this.</summary>
    /// <param name="root">The root of now: timestamp and snapshot of keys that were removed since are left out.</param>
    /// <param name="role">The role.</param>
    public IEnumerable<ReadOnlyMemory<byte>> ReadRemembered(TrustedRoot root, RoleName role)
    {
        var isOnline = role == RoleName.Timestamp || role == RoleName.Snapshot;
        foreach (var kept in KeyedFiles.All(files).Where(kept => !isOnline || HighWaterMark.Counts(root, kept)))
        {
            if (kept.Read(StoredFile.NameOf(role)) is { } file)
                yield return file;
        }
        if (files.Read(OwnFile(role)) is { } published)
            yield return published;
    }

    /// <summary>
    /// Remembers what this machine has published, which no run may have read back yet: a server that forgets it is found out. It lies beside the files
    /// that a run relies on.
    /// </summary>
    public void RememberPublished(RoleName role, ReadOnlyMemory<byte> file) => files.Write(OwnFile(role), file);

    /// <summary>Forgets what was seen of a former repository of that name: this machine has just begun it anew, with versions that count from one.</summary>
    public void ForgetFormer()
    {
        foreach (var role in (RoleName[])[RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            foreach (var kept in KeyedFiles.All(files))
                kept.Remove(StoredFile.NameOf(role));
            files.Remove(OwnFile(role));
        }
    }

    // Names of roles are escaped before they become file names, so that no role is called like this.
    private static string OwnFile(RoleName role) => $"own+{StoredFile.NameOf(role)}";

    /// <summary>Lets the next process use the cache.</summary>
    public void Dispose() => files.Dispose();
}
