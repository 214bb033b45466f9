using System.ComponentModel.DataAnnotations;

namespace TrustService.Server.Options;

/// <summary>What one request, one repository and one client may ask for. Configuration section <c>Limits</c>.</summary>
internal sealed class LimitOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>Bytes of one uploaded metadata file. Default: 8 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxFileBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes of one request body. Default: 32 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Parts (metadata files) of one publish; an import may have <see cref="MaxRoles"/> and every root that clients follow.
    /// Default: 4200, so that 4096 hash bins can be published together; 16 384 bins need 16 400.</summary>
    [Range(1, 65_536)]
    public int MaxParts { get; set; } = 4200;

    /// <summary>
    /// Roles of one repository, top-level ones and hash bins included. Default: 4500. Bins stay listed in snapshot for ever, but
    /// all shapes of a repository together, from 2 to 4096 bins, have 4368 names; those up to 16 384 bins have 20 752.
    /// </summary>
    [Range(4, 65_536)]
    public int MaxRoles { get; set; } = 4500;

    /// <summary>Targets of one role. Default: 100 000.</summary>
    [Range(1, 10_000_000)]
    public int MaxTargets { get; set; } = 100_000;

    /// <summary>How far a version may lie ahead of the current one. Default: 1000.</summary>
    [Range(1, 9_007_199_254_740_991)]
    public long MaxVersionJump { get; set; } = 1000;

    /// <summary>How far ahead a file's expiry may lie, in days. Default: 3660, ten years.</summary>
    [Range(1, 36_600)]
    public int MaxExpiryDays { get; set; } = 3660;

    /// <summary>Reading requests of one client address per second. Default: 1000; 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public int ReadsPerSecond { get; set; } = 1000;

    /// <summary>Writing requests of one client address per second. Default: 50; 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public int WritesPerSecond { get; set; } = 50;

    /// <summary>True if the limits per second hold for clients on this machine too. Default: false.</summary>
    public bool LimitLoopback { get; set; }

    /// <summary>Requests that are worked on at the same time. Default: 1000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>Publishes that are read or worked on at the same time: each may hold <see cref="MaxRequestBytes"/> in memory. Default: 64.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentPublishes { get; set; } = 64;

    /// <summary>Seconds within which an upload must have arrived as a whole. Default: 60.</summary>
    [Range(1, 3600)]
    public int UploadSeconds { get; set; } = 60;

    /// <summary>Bytes of metadata files that are kept in memory for reading. Default: 128 MiB.</summary>
    [Range(1024 * 1024, int.MaxValue)]
    public int CacheBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Repositories whose current versions are kept in memory. Default: 20 000.</summary>
    [Range(16, 10_000_000)]
    public int CacheRepositories { get; set; } = 20_000;

    /// <summary>Online keys that were made for repositories which nobody has published yet. Default: 10 000.</summary>
    [Range(2, 10_000_000)]
    public int MaxPendingOnlineKeys { get; set; } = 10_000;

    /// <summary>Files of one repository that may wait for signatures at the same time. Default: 64.</summary>
    [Range(1, 1000)]
    public int MaxPendingFiles { get; set; } = 64;

    /// <summary>Bytes of a file that waits for signatures. Default: 4 MiB.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxPendingFileBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a file waits for the next signature, in days, before it is dropped. Default: 90.</summary>
    [Range(1, 3660)]
    public int PendingDays { get; set; } = 90;

    /// <summary>
    /// How long a replaced file is kept, in days, so that clients can finish an update that began before it was replaced, and
    /// people can look back. Roots and whatever is current stay for ever. Default: 90; 0 keeps everything.
    /// </summary>
    [Range(0, 36_600)]
    public int HistoryDays { get; set; } = 90;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxFileBytes > MaxRequestBytes)
            yield return new ValidationResult("must not be more than MaxRequestBytes.", [nameof(MaxFileBytes)]);
    }
}
