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
            var files = new Dictionary<RoleName, ReadOnlyMemory<byte>>();
            if (role == RoleName.Root || role == RoleName.Targets)
            {
                foreach (var needed in (RoleName[])[RoleName.Root, RoleName.Targets])
                    files[needed] = (await store.ReadCurrentAsync(repository, needed, cancellationToken))?.Data ?? throw new TrustException(TrustError.RepositoryUnknown, $"{repository} was deleted meanwhile.");
            }
            else
            {
                foreach (var (name, file) in (await store.ReadCurrentSetAsync(repository, cancellationToken))?.Files ?? throw new TrustException(TrustError.RepositoryUnknown, $"{repository} was deleted meanwhile."))
                    files[name] = file.Data;
            }
            return (MetadataFormats.Find(record.Format), files, true);
        }
        if (role == RoleName.Root)
            return (FormatOf(upload), [], false);
        var root = await pending.ReadAsync(repository, RoleName.Root, cancellationToken)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"Nothing is published for {repository}, and no root is parked that says who signs {role}.") { Role = role.Value, Hint = "Park root first." };
        return (FormatOf(root), new() { [RoleName.Root] = root }, false);
    }

    private static IMetadataFormat FormatOf(ReadOnlyMemory<byte> root) => MetadataFormats.Detect(root.Span, VerificationLimits.Default.MaxRootBytes);
}
