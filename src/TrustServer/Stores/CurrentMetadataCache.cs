using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Options;

namespace TrustService.Server.Stores;

/// <summary>
/// Published files in memory. What is current is taken from here without asking the database for at most
/// <see cref="Freshness"/>; files that never change, as long as there is room.
/// </summary>
/// <remarks>
/// A publish through this server is seen at once, one through another server after <see cref="Freshness"/>. When the
/// database does not answer, nothing older is served: the caller gets <see cref="TrustError.StoreUnavailable"/>.
/// </remarks>
internal sealed class CurrentMetadataCache : IDisposable
{
    /// <summary>How long a repository's current versions, or its absence, are believed.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a reader waits for the database.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Names of absent repositories that are remembered, so that random names cannot fill the memory.</summary>
    public const int MaxUnknown = 4096;

    private readonly IMetadataStore store;
    private readonly TimeProvider time;
    private readonly long freshness;
    private readonly BoundedCache<string, Entry> repositories;
    private readonly BoundedCache<string, long> unknown = new(MaxUnknown, long.MaxValue, _ => 0);
    private readonly BoundedCache<FileKey, StoredFile> files;
    private readonly Dictionary<string, Task<Entry?>> validations = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>An empty cache in front of a store.</summary>
    public CurrentMetadataCache(IMetadataStore store, LimitOptions limits, TimeProvider time)
    {
        (this.store, this.time) = (store, time);
        freshness = (long)(Freshness.TotalSeconds * time.TimestampFrequency);
        repositories = new(limits.CacheRepositories, long.MaxValue, _ => 0);
        files = new(int.MaxValue, limits.CacheBytes, f => f.Length + FileOverhead);
        store.Changed += Apply;
    }

    /// <summary>Bytes that an entry takes besides the file's own.</summary>
    private const int FileOverhead = 512;

    /// <summary>Bytes of memory that files take.</summary>
    public long Size => files.Size;

    /// <summary>Names that are remembered as absent.</summary>
    public int UnknownCount => unknown.Count;

    /// <summary>The current file of a top-level role, if it can be told without asking the database.</summary>
    /// <param name="repository">Full name of the repository; another text is found nowhere.</param>
    /// <param name="format">Name of the format that the repository must have.</param>
    /// <param name="role">Top-level role.</param>
    /// <param name="file">The file, or null if it is known that there is none.</param>
    /// <returns>False if the database must be asked: see <see cref="ReadCurrentAsync"/>.</returns>
    public bool TryGetCurrent(ReadOnlySpan<char> repository, string format, RoleName role, out StoredFile? file)
    {
        file = null;
        var now = time.GetTimestamp();
        if (repositories.TryGet(repository, now, out var entry))
            return entry.Repository.Format == format && TryGetCurrent(entry, role, now, out file);
        return unknown.TryGet(repository, now, out var until) && until > now;
    }

    /// <summary>The repository, or null if nothing was ever published to it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public async ValueTask<RepositoryRecord?> FindAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        (await FindEntryAsync(repository, cancellationToken))?.Repository;

    /// <summary>The current file of a role, or null.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public ValueTask<StoredFile?> ReadCurrentAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken) =>
        repositories.TryGet(repository.Value, time.GetTimestamp(), out var entry) && TryGetCurrent(entry, role, time.GetTimestamp(), out var file)
            ? new(file)
            : new(ReadCurrentFromStoreAsync(repository, role, cancellationToken));

    /// <summary>One version of a role, or null.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public async ValueTask<StoredFile?> ReadAsync(RepositoryName repository, RoleName role, long version, CancellationToken cancellationToken)
    {
        var entry = await FindEntryAsync(repository, cancellationToken);
        // A client asks for the root behind the current one on every run. It asks for another file only if it was told
        // that it exists, perhaps by a server that knows more.
        if (role != RoleName.Root && IsBehind(entry, role, version))
            entry = await RevalidateAsync(repository, cancellationToken);
        return entry is null || IsBehind(entry, role, version)
            ? null
            : await ReadFileAsync(new FileKey(entry.Repository.Id, entry.Repository.Root.Version, role.Value, version, null), () => store.ReadAsync(repository, role, version, cancellationToken));
    }

    /// <summary>The file of a role by its SHA-256 (64 lower-case hexadecimal digits), or null.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.StoreUnavailable"/>.</exception>
    public async ValueTask<StoredFile?> ReadByHashAsync(RepositoryName repository, RoleName role, string sha256, CancellationToken cancellationToken) =>
        // Who has the checksum was told of the file, perhaps by a server that knows more.
        (await FindEntryAsync(repository, cancellationToken) ?? await RevalidateAsync(repository, cancellationToken)) is { } entry
            ? await ReadFileAsync(new FileKey(entry.Repository.Id, entry.Repository.Root.Version, role.Value, 0, sha256), () => store.ReadByHashAsync(repository, role, sha256, cancellationToken))
            : null;

    /// <summary>Believes nothing more about a repository that turned out to be ahead of what is kept: the next reader asks the database.</summary>
    public void Forget(RepositoryName repository)
    {
        lock (gate)
        {
            // A validation that is under way may have asked before the repository moved on.
            validations.Remove(repository.Value);
            repositories.Remove(repository.Value);
            unknown.Remove(repository.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => store.Changed -= Apply;

    private bool TryGetCurrent(Entry entry, RoleName role, long now, out StoredFile? file)
    {
        file = null;
        return entry.ValidUntil > now
            && entry.Repository.Head(role) is { } head
            && files.TryGet(new FileKey(entry.Repository.Id, entry.Repository.Root.Version, role.Value, head.Version, null), now, out file);
    }

    private async Task<StoredFile?> ReadCurrentFromStoreAsync(RepositoryName repository, RoleName role, CancellationToken cancellationToken)
    {
        if (await FindEntryAsync(repository, cancellationToken) is not { } entry)
            return null;
        return entry.Repository.Head(role) is { } head
            ? await ReadFileAsync(new FileKey(entry.Repository.Id, entry.Repository.Root.Version, role.Value, head.Version, null), () => store.ReadAsync(repository, role, head.Version, cancellationToken))
            : await store.ReadCurrentAsync(repository, role, cancellationToken);
    }

    private async Task<StoredFile?> ReadFileAsync(FileKey key, Func<Task<StoredFile?>> read)
    {
        if (files.TryGet(key, time.GetTimestamp(), out var file))
            return file;
        file = await read();
        // The repository may have been deleted and published anew since its id was looked up.
        if (file is not null)
            files.Set(key with { RepositoryId = file.RepositoryId }, file, time.GetTimestamp());
        return file;
    }

    private ValueTask<Entry?> FindEntryAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var (name, now) = (repository.Value, time.GetTimestamp());
        if (repositories.TryGet(name, now, out var entry) && entry.ValidUntil > now)
            return new(entry);
        if (unknown.TryGet(name, now, out var until) && until > now)
            return new((Entry?)null);
        return new(WaitAsync(JoinValidation(repository, out _), cancellationToken));
    }

    private static bool IsBehind(Entry? entry, RoleName role, long version) => entry is null || entry.Repository.Head(role)?.Version < version;

    private async Task<Entry?> RevalidateAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        var entry = await WaitAsync(JoinValidation(repository, out var wasRunning), cancellationToken);
        // One that was under way may have asked too early; the next one cannot have.
        return wasRunning ? await WaitAsync(JoinValidation(repository, out _), cancellationToken) : entry;
    }

    private Task<Entry?> JoinValidation(RepositoryName repository, out bool wasRunning)
    {
        lock (gate)
        {
            wasRunning = validations.TryGetValue(repository.Value, out var validation);
            return validation ?? (validations[repository.Value] = StartValidation(repository));
        }
    }

    private static async Task<Entry?> WaitAsync(Task<Entry?> validation, CancellationToken cancellationToken)
    {
        try
        {
            return await validation.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TrustException(TrustError.StoreUnavailable, $"The database did not answer within {Patience.TotalSeconds} seconds.", e) { Hint = "Try again." };
        }
    }

    /// <summary>One question to the database answers all who wait; it outlives the first of them.</summary>
    private Task<Entry?> StartValidation(RepositoryName repository)
    {
        Task<Entry?>? self = null;
        return self = Task.Run(async () =>
        {
            var name = repository.Value;
            var validUntil = time.GetTimestamp() + freshness;
            try
            {
                var record = await store.FindAsync(repository, CancellationToken.None);
                var entry = record is null ? null : new Entry(record, validUntil);
                lock (gate)
                    // A publish through this server that came in between has taken the validation out, and knows better, unless it is told late:
                    // then another server has gone on already, which whoever waits here is about to see.
                    if ((validations.TryGetValue(name, out var running) && running == self) || IsOf(name, entry))
                        Keep(name, entry, validUntil);
                return entry;
            }
            finally
            {
                lock (gate)
                    if (validations.TryGetValue(name, out var running) && running == self)
                        validations.Remove(name);
            }
        });
    }

    private void Apply(RepositoryChange change)
    {
        var now = time.GetTimestamp();
        foreach (var file in change.Files)
            files.Set(new FileKey(file.RepositoryId, change.Repository!.Root.Version, file.Role.Value, file.Version, null), file, now);
        lock (gate)
        {
            validations.Remove(change.Name.Value);
            Keep(change.Name.Value, change.Repository is null ? null : new Entry(change.Repository, now + freshness), now + freshness);
        }
    }

    private bool IsOf(string name, Entry? entry) =>
        entry is not null && repositories.TryGet(name, time.GetTimestamp(), out var kept) && kept.Repository.Id == entry.Repository.Id;

    private void Keep(string name, Entry? entry, long validUntil)
    {
        var now = time.GetTimestamp();
        if (entry is null)
        {
            repositories.Remove(name);
            unknown.Set(name, validUntil, now);
        }
        else if (!repositories.TryGet(name, now, out var kept) || kept.Repository.Id != entry.Repository.Id || kept.Repository.Root.Version < entry.Repository.Root.Version || kept.Repository.Timestamp.Version <= entry.Repository.Timestamp.Version)
        {
            // Otherwise another server published after this one, and a validation saw that first. Under a new root versions may begin anew.
            unknown.Remove(name);
            repositories.Set(name, entry, now);
        }
    }

    private sealed record Entry(RepositoryRecord Repository, long ValidUntil);

    /// <remarks>Under a new root versions may begin anew, with other files.</remarks>
    private readonly record struct FileKey(long RepositoryId, long RootVersion, string Role, long Version, string? Sha256);
}
