using System.Globalization;
using System.Text.Json;
using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Oci;
using TrustService.Server.Stores;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>The change feed as Notary clients read it: <c>?change_id=ID&amp;records=N</c>.</summary>
internal static class NotaryChangesEndpoint
{
    private const int DefaultRecords = 100;

    /// <summary>Answers with a page of the feed, of one repository or of all.</summary>
    public static async Task ReadAsync(HttpContext context, RepositoryName? repository)
    {
        var records = Records(context.Request.Query["records"].ToString());
        var changeId = ChangeId(context.Request.Query["change_id"].ToString());
        // A negative id is the end of the feed; from there, and with a negative number of records, the page lies before it.
        var isBackwards = changeId < 0 || records < 0;
        var query = new ChangeQuery(Math.Abs(records))
        {
            After = isBackwards ? 0 : changeId,
            Before = isBackwards && changeId > 0 ? changeId : null,
            TakesLast = isBackwards,
            Repository = repository,
            Format = NotaryFormat.Instance.Name,
        };
        var changes = await context.RequestServices.GetRequiredService<IRepositoryCatalog>().ReadChangesAsync(query, context.RequestAborted);
        await NotaryAnswer.WriteAsync(context, StatusCodes.Status200OK, JsonWriting.Bytes(writer => Write(writer, changes)));
    }

    private static int Records(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var records)
            ? records == 0 ? DefaultRecords : Math.Clamp(records, -StoreLimits.MaxPageSize, StoreLimits.MaxPageSize)
            : throw new NotaryException(NotaryError.InvalidParameters(
                $"invalid records parameter: strconv.ParseInt: parsing \"{text}\": {(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? "value out of range" : "invalid syntax")}"));

    private static long ChangeId(string text) =>
        text.Length == 0 ? 0
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id
        : throw new NotaryException(NotaryError.InvalidParameters());

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<ChangeRecord> changes)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", changes.Count);
        writer.WriteStartArray("records");
        foreach (var change in changes)
        {
            writer.WriteStartObject();
            writer.WriteString("ID", change.Id.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("CreatedAt", change.At.UtcDateTime);
            writer.WriteString("GUN", change.Repository);
            writer.WriteNumber("Version", change.TimestampVersion ?? 0);
            writer.WriteString("SHA256", change.TimestampSha256 ?? "");
            writer.WriteString("Category", change.Kind == ChangeKind.Delete ? "deletion" : "update");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
