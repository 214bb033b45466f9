using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>Keeps files that lack signatures until they are published.</summary>
internal sealed class ParkingService(IMetadataStore store, IPendingStore pending, OperatorRules rules, TimeProvider time, ILoggerFactory loggers)
{
    private const int MaxAttempts = 8;

    // Roles that are looked through for the one that delegates to another.
    private const int MaxDelegators = 64;

    private readonly ILogger log = loggers.CreateLogger(Log.Category);

    /// <summary>Parks a file, or adds its signatures to those of the same change.</summary>
    /// <param name="repository">Repository, which need not be published yet.</param>
    /// <param name="role">Role.</param>
    /// <param name="upload">The file.</param>
    /// <param name="replaces">The parked change that it replaces, or null if it replaces none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrustException">A coded refusal; what is parked stays as it is.</exception>
    public async Task<PendingFile> ParkAsync(RepositoryName repository, RoleName role, ReadOnlyMemory<byte> upload, string? replaces, CancellationToken cancellationToken)
    {
        try
        {
            var (format, files, isPublished) = await ReadAsync(repository, role, upload, cancellationToken);
            for (var attempt = 1; ; attempt++)
            {
                var before = await pending.ReadAsync(repository, role, cancellationToken);
                var isReplaced = before is { } known && replaces is not null && PendingFile.ChangeOf(format, role, known) == replaces;
                var file = PendingFile.Take(format, repository, role, upload, isReplaced ? null : before, files, isPublished, rules.Publish, time.GetUtcNow());
                try
                {
                    await pending.WriteAsync(repository, file, before, cancellationToken);
                    Log.Parked(log, repository.Value, role.Value, file.Version, file.SignedBy.Length);
                    return file;
                }
                catch (TrustException e) when (e.Error == TrustError.PublishConflict && attempt < MaxAttempts)
                {
                    // Another signer was quicker: both signatures are wanted.
                }
            }
        }
        catch (TrustException e)
        {
            if (e.Error == TrustError.PrivateKeyInMetadata)
                Log.PrivateKeyUploaded(log, repository.Value, e.Message);
            throw;
        }
    }

    // What decides who may sign the role: the current files, or before the first publish the parked root.
    private async Task<(IMetadataFormat Format, Dictionary<RoleName, ReadOnlyMemory<byte>> Files, bool IsPublished)> ReadAsync(RepositoryName repository, RoleName role, ReadOnlyMemory<byte> upload, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(repository, cancellationToken) is { } record)
        {
            var format = MetadataFormats.Find(record.Format);
            var files = new Dictionary<RoleName, ReadOnlyMemory<byte>>();
            foreach (var needed in (RoleName[])[RoleName.Root, RoleName.Targets])
                files[needed] = (await store.ReadCurrentAsync(repository, needed, cancellationToken))?.Data ?? throw new TrustException(TrustError.RepositoryUnknown, $"{repository} was deleted meanwhile.");
            if (role != RoleName.Root && role != RoleName.Targets)
                await AddDelegatedAsync(format, repository, role, files, cancellationToken);
            return (format, files, true);
        }
        if (role == RoleName.Root)
            return (FormatOf(upload), [], false);
        var root = await pending.ReadAsync(repository, RoleName.Root, cancellationToken)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"Nothing is published for {repository}, and no root is parked that says who signs {role}.") { Role = role.Value, Hint = "Park root first." };
        return (FormatOf(root), new() { [RoleName.Root] = root }, false);
    }

    // Not the whole set, which may be thousands of files: the role, and whatever delegates to it, which is targets nearly always.
    private async Task AddDelegatedAsync(IMetadataFormat format, RepositoryName repository, RoleName role, Dictionary<RoleName, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var waiting = new Queue<RoleName>([RoleName.Targets]);
        for (var seen = new HashSet<RoleName>(); waiting.TryDequeue(out var name) && seen.Count <= MaxDelegators;)
        {
            if (!await AddAsync(name))
                continue;
            var delegations = format.Read<Targets>(files[name], rules.Publish.ClientLimits.MaxListedBytes).Signed.Delegations;
            if (delegations?.KeysOf(role) is not null)
                break;
            foreach (var child in delegations?.Roles.Select(delegated => delegated.Name).Where(seen.Add) ?? [])
                waiting.Enqueue(child);
        }
        await AddAsync(role);

        async Task<bool> AddAsync(RoleName name)
        {
            if (!files.ContainsKey(name) && await store.ReadCurrentAsync(repository, name, cancellationToken) is { } stored)
                files[name] = stored.Data;
            return files.ContainsKey(name);
        }
    }

    private static IMetadataFormat FormatOf(ReadOnlyMemory<byte> root) => MetadataFormats.Detect(root.Span, VerificationLimits.Default.MaxRootBytes);
}
