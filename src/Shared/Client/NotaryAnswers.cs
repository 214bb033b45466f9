using System.Net;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Http;

namespace TrustService.Client;

/// <summary>Turns answers of a Notary server that are no success into coded refusals.</summary>
internal static class NotaryAnswers
{
    private const string SnapshotIsTheOwners =
        "The owner of this repository keeps its snapshot key. Sign where that key is (signer key import FILE), or have the owner give the role to the server: notary key rotate REPOSITORY snapshot -r";

    /// <summary>The refusal that the first of the errors in an answer is, or one made from its status.</summary>
    public static TrustException Explain(HttpAnswer answer)
    {
        if (FirstError(answer) is not { } error || ServerAnswers.Text(error, "code") is not { } code)
            return ServerAnswers.ExplainStatus(answer);
        var (detail, role, hint) = Detail(error);
        return ErrorOf(code) is { } known
            ? new TrustException(known, $"The trust server at {ServerAnswers.HostOf(answer)} refuses ({code}): {detail ?? ServerAnswers.Text(error, "message") ?? TrustErrors.Describe(known).Title}") { Role = role, Hint = hint }
            : ServerAnswers.ExplainStatus(answer);
    }

    /// <summary>The refusal of a read, in which what a server says of metadata does not count.</summary>
    public static TrustException ExplainRead(HttpAnswer answer) =>
        Explain(answer) is { Info.Outcome: Outcome.Unreachable or Outcome.Unsigned or Outcome.Usage } refusal
            ? refusal
            : ServerAnswers.ExplainStatus(answer);

    private static TrustError? ErrorOf(string code) => code switch
    {
        "METADATA_NOT_FOUND" or "GENERIC_NOT_FOUND" => TrustError.RepositoryUnknown,
        "VERSION" => TrustError.PublishConflict,
        "INVALID_UPDATE" => TrustError.UpdateRefused,
        "INVALID_ROLE" or "MALFORMED_UPLOAD" or "NO_FILENAME" or "MALFORMED_JSON" => TrustError.MalformedRequest,
        "INVALID_GUN" => TrustError.InvalidRepositoryName,
        "UNAUTHORIZED" => TrustError.Unauthorized,
        "DENIED" => TrustError.Forbidden,
        "TOOMANYREQUESTS" => TrustError.RateLimited,
        _ => null,
    };

    // A Notary server that checks an update tells of what kind the mistake is, and what it found.
    private static (string? Message, string? Role, string? Hint) Detail(JsonElement error)
    {
        if (!error.TryGetProperty("detail", out var detail))
            return (null, null, null);
        if (detail.ValueKind == JsonValueKind.String)
            return (ServerAnswers.Text(error, "detail"), null, null);
        if (detail.ValueKind != JsonValueKind.Object || !detail.TryGetProperty("Error", out var inner) || inner.ValueKind != JsonValueKind.Object)
            return (null, null, null);
        var (role, hint) = ServerAnswers.Text(detail, "Name") switch
        {
            "ErrBadRoot" => ("root", null),
            "ErrBadTargets" => ("targets", null),
            "ErrBadSnapshot" => ("snapshot", null),
            "ErrBadHierarchy" when ServerAnswers.Text(inner, "Missing") == "snapshot" => ("snapshot", SnapshotIsTheOwners),
            _ => (null, (string?)null),
        };
        return (ServerAnswers.Text(inner, "Msg"), role, hint);
    }

    private static JsonElement? FirstError(HttpAnswer answer) =>
        answer.Status != HttpStatusCode.OK && ServerAnswers.BodyOf(answer) is { } body && body.TryGetProperty("errors", out var errors)
            && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 && errors[0].ValueKind == JsonValueKind.Object
            ? errors[0]
            : null;
}
