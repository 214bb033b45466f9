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
            var set = await store.ReadCurrentSetAsync(repository, cancellationToken);
            var parkedRoot = set is null ? await pending.ReadAsync(repository, RoleName.Root, cancellationToken) : null;
            var format = set is not null ? MetadataFormats.Find(set.Repository.Format)
                : FormatOf(role == RoleName.Root ? upload : parkedRoot ?? throw new TrustException(TrustError.RepositoryUnknown, $"Nothing is published for {repository}, and no root is parked that says who signs {role}.") { Role = role.Value, Hint = "Park root first." });
            var before = await pending.ReadAsync(repository, role, cancellationToken);
            var isReplaced = before is { } known && replaces is not null && PendingFile.ChangeOf(format, role, known) == replaces;
            var files = set?.Files.ToDictionary(file => file.Key, file => file.Value.Data) ?? (parkedRoot is { } root ? new() { [RoleName.Root] = root } : []);
            var file = PendingFile.Take(format, repository, role, upload, isReplaced ? null : before, files, isPublished: set is not null, rules.Publish, time.GetUtcNow());
            await pending.WriteAsync(repository, file, before, cancellationToken);
            Log.Parked(log, repository.Value, role.Value, file.Version, file.SignedBy.Length);
            return file;
        }
        catch (TrustException e)
        {
            if (e.Error == TrustError.PrivateKeyInMetadata)
                Log.PrivateKeyUploaded(log, repository.Value, e.Message);
            throw;
        }
    }

    private static IMetadataFormat FormatOf(ReadOnlyMemory<byte> root) => MetadataFormats.Detect(root.Span, VerificationLimits.Default.MaxRootBytes);
}
