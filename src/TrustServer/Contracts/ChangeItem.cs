using System.Text.Json;
using TrustService.Server.Stores;

namespace TrustService.Server.Contracts;

/// <summary>One change of a repository.</summary>
internal sealed record ChangeItem
{
    /// <summary>Position in the feed.</summary>
    public required long Id { get; init; }

    /// <summary>When it happened (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Full name of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary>Format of its metadata: <c>tuf</c> or <c>notary</c>.</summary>
    public required string Format { get; init; }

    /// <summary><c>publish</c>, <c>renew</c> or <c>delete</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who did it, or null if nobody was authenticated.</summary>
    public string? Actor { get; init; }

    /// <summary>Version of the timestamp that came of it; null for a deletion.</summary>
    public long? TimestampVersion { get; init; }

    /// <summary>SHA-256 of that timestamp.</summary>
    public string? TimestampSha256 { get; init; }

    /// <summary>For each changed role its version, and the target paths set and removed.</summary>
    public required JsonElement Changed { get; init; }

    /// <summary>The item for a record of the store.</summary>
    public static ChangeItem Of(ChangeRecord record) => new()
    {
        Id = record.Id,
        At = record.At,
        Repository = record.Repository,
        Format = record.Format,
        Kind = record.Kind switch { ChangeKind.Publish => "publish", ChangeKind.Renew => "renew", _ => "delete" },
        Actor = record.Actor,
        TimestampVersion = record.TimestampVersion,
        TimestampSha256 = record.TimestampSha256,
        Changed = JsonElement.Parse(record.Summary),
    };
}
