using TrustService.Server.Data;

namespace TrustService.Server.Stores;

/// <summary>Writes the change feed.</summary>
internal static class ChangeWriting
{
    /// <summary>Adds a change of <c>@repository</c>, published in <c>@format</c>, at <c>@now</c>; it comes last in its transaction, and its result is its position.</summary>
    public static SqlBatch Add(SqlBatch batch, SqlDialect dialect, ChangeKind kind, string? actor, NewFile? timestamp, string summary) => batch.Add(
        dialect.EnterFeedStatement +
        "INSERT INTO changes (at, repository, kind, actor, timestamp_version, timestamp_sha256, summary, format) VALUES (@now, @repository, @kind, @actor, @change_version, @change_sha256, @summary, @format) RETURNING id AS change_id;",
        ("kind", ToText(kind)), ("actor", actor), ("change_version", timestamp?.Version), ("change_sha256", timestamp?.Sha256), ("summary", summary));

    /// <summary>The kind as it lies in the table.</summary>
    public static string ToText(ChangeKind kind) => kind switch
    {
        ChangeKind.Publish => "publish",
        ChangeKind.Renew => "renew",
        ChangeKind.Delete => "delete",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An unknown kind of change."),
    };

    /// <summary>The kind that lies in the table.</summary>
    public static ChangeKind FromText(string text) => text switch
    {
        "publish" => ChangeKind.Publish,
        "renew" => ChangeKind.Renew,
        "delete" => ChangeKind.Delete,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "An unknown kind of change."),
    };
}
