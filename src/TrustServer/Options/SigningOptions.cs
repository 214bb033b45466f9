using System.ComponentModel.DataAnnotations;

namespace TrustService.Server.Options;

/// <summary>How the server signs snapshot and timestamp. Configuration section <c>Signing</c>.</summary>
internal sealed class SigningOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Signing";

    /// <summary>How long a new timestamp is valid, in days. Default: 14.</summary>
    [Range(1, 365)]
    public int TimestampLifetimeDays { get; set; } = 14;

    /// <summary>How long a new snapshot is valid, in days. Default: 90.</summary>
    [Range(1, 3650)]
    public int SnapshotLifetimeDays { get; set; } = 90;

    /// <summary>
    /// How old a timestamp gets before it is signed anew, in hours; less than its lifetime. Default: 12. Verifiers that limit
    /// the age of what they accept (<c>verify --max-age</c>) cannot ask for less.
    /// </summary>
    [Range(1, 364 * 24)]
    public int TimestampRenewAfterHours { get; set; } = 12;

    /// <summary>How long before its expiry a snapshot is renewed, in days; less than its lifetime. Default: 30.</summary>
    [Range(1, 3649)]
    public int SnapshotRenewDays { get; set; } = 30;

    /// <summary>How often the server looks for what must be renewed, in minutes. Default: 60.</summary>
    [Range(1, 24 * 60)]
    public int RenewIntervalMinutes { get; set; } = 60;

    /// <summary>
    /// PEM files with the public half of standby online keys, which lie in a safe: every new root lists them beside the
    /// server's own keys of snapshot and timestamp. Default: none.
    /// </summary>
    [MaxLength(8)]
    public IReadOnlyList<string> StandbyPublicKeyFiles { get; set; } = [];

    /// <summary>
    /// File with the 32 bytes, in base64, under which online keys are sealed; readable by its owner alone. The
    /// environment variables <c>TRUST_MASTER_KEY</c> (the key itself) and <c>TRUST_MASTER_KEY_FILE</c> come first.
    /// Default: empty, which means <c>master.key</c> in the data directory.
    /// </summary>
    public string MasterKeyFile { get; set; } = "";

    /// <summary>How long a new timestamp is valid.</summary>
    public TimeSpan TimestampLifetime => TimeSpan.FromDays(TimestampLifetimeDays);

    /// <summary>How long a new snapshot is valid.</summary>
    public TimeSpan SnapshotLifetime => TimeSpan.FromDays(SnapshotLifetimeDays);

    /// <summary>How long before its expiry a timestamp is renewed.</summary>
    public TimeSpan TimestampRenewBefore => TimestampLifetime - TimeSpan.FromHours(TimestampRenewAfterHours);

    /// <summary>How long before its expiry a snapshot is renewed.</summary>
    public TimeSpan SnapshotRenewBefore => TimeSpan.FromDays(SnapshotRenewDays);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TimestampRenewAfterHours >= TimestampLifetimeDays * 24)
            yield return new ValidationResult("must be less than TimestampLifetimeDays.", [nameof(TimestampRenewAfterHours)]);
        if (SnapshotRenewDays >= SnapshotLifetimeDays)
            yield return new ValidationResult("must be less than SnapshotLifetimeDays.", [nameof(SnapshotRenewDays)]);
    }
}
