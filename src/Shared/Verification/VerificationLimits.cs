namespace TrustService.Verification;

/// <summary>What a client reads and follows at the most. The numbers are those of the common TUF clients where they agree.</summary>
public sealed record VerificationLimits
{
    /// <summary>The defaults.</summary>
    public static readonly VerificationLimits Default = new();

    /// <summary>Bytes of a root file. Default: 512 000.</summary>
    public int MaxRootBytes { get; init; } = 512_000;

    /// <summary>Bytes of a timestamp file. Default: 16 384.</summary>
    public int MaxTimestampBytes { get; init; } = 16_384;

    /// <summary>Bytes of a snapshot file whose length timestamp does not list. Default: 2 000 000.</summary>
    public int MaxSnapshotBytes { get; init; } = 2_000_000;

    /// <summary>Bytes of a targets file whose length snapshot does not list. Default: 5 000 000.</summary>
    public int MaxTargetsBytes { get; init; } = 5_000_000;

    /// <summary>Bytes of a snapshot file whose length timestamp lists, whatever is listed. Default: 12 MiB.</summary>
    /// <remarks>Enough for a line on each of <see cref="Formats.MetadataLimits.MaxSnapshotRoles"/>. Whoever has the timestamp key alone has every client read that much.</remarks>
    public int MaxListedSnapshotBytes { get; init; } = 12 * 1024 * 1024;

    /// <summary>Bytes of a targets file whose length snapshot lists, whatever is listed. Default: 32 MiB, enough for 100 000 tags in one file.</summary>
    public int MaxListedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>New roots that one update follows. Default: 256. Source: TUF 1.0.34 §5.3.3.</summary>
    public int MaxRootUpdates { get; init; } = 256;

    /// <summary>Roles that one search visits. Default: 32. Source: TUF 1.0.34 §5.6.7.1.</summary>
    public int MaxVisitedRoles { get; init; } = 32;
}
