using System.Globalization;
using System.Text.Json;
using TrustService.Json;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>An error in the words of the Notary wire. Clients rebuild their own from code and detail.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">The code in a sentence.</param>
internal sealed record NotaryError(int Status, string Code, string Message)
{
    /// <summary>Bytes of a body at the most: clients show nothing of a longer one.</summary>
    public const int MaxBytes = 1023;

    /// <summary>Media type of a body.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>True if there is a detail: <see cref="Text"/>, or else an empty object.</summary>
    public bool HasDetail { get; init; }

    /// <summary>For people; the only thing that is cut when the body would be too long.</summary>
    public string? Text { get; init; }

    /// <summary>Name of the client's error that <see cref="Text"/> is for, such as <c>ErrBadTargets</c>; null if the text is the whole detail.</summary>
    public string? ErrorName { get; init; }

    /// <summary>The role whose metadata is missing, for <c>ErrBadHierarchy</c>; null otherwise.</summary>
    public string? Missing { get; init; }

    /// <summary>There is no such metadata.</summary>
    /// <param name="text">Why, or null.</param>
    public static NotaryError NotFound(string? text = null) => Unrouted with { HasDetail = true, Text = text };

    /// <summary>There is nothing under this path.</summary>
    public static NotaryError Unrouted { get; } = new(StatusCodes.Status404NotFound, "METADATA_NOT_FOUND", "You have requested metadata that does not exist.");

    /// <summary>A newer version is published already.</summary>
    public static NotaryError Version { get; } = new(StatusCodes.Status400BadRequest, "VERSION", "A newer version of metadata is already available.") { HasDetail = true };

    /// <summary>A part of an upload has no role.</summary>
    public static NotaryError NoFileName { get; } = new(StatusCodes.Status400BadRequest, "NO_FILENAME", "No file/role name provided.");

    /// <summary>The upload cannot be taken apart.</summary>
    public static NotaryError MalformedUpload(string text) => new(StatusCodes.Status400BadRequest, "MALFORMED_UPLOAD", "The body of your request is malformed.") { HasDetail = true, Text = text };

    /// <summary>A part of an upload is not the JSON of metadata.</summary>
    public static NotaryError MalformedJson(string text) => new(StatusCodes.Status400BadRequest, "MALFORMED_JSON", "JSON sent by the client could not be parsed by the server") { HasDetail = true, Text = text };

    /// <summary>There is no such role.</summary>
    public static NotaryError InvalidRole(string role) => new(StatusCodes.Status400BadRequest, "INVALID_ROLE", "The role you are attempting to operate on is invalid.") { HasDetail = true, Text = role };

    /// <summary>Repositories of this name are not served here.</summary>
    public static NotaryError InvalidGun(IEnumerable<string> prefixes) =>
        new(StatusCodes.Status400BadRequest, "INVALID_GUN", "The server does not support actions on images of this name.") { HasDetail = true, Text = $"Require GUNs with prefix: [{string.Join(' ', prefixes)}]" };

    /// <summary>A parameter of the change feed cannot be read.</summary>
    public static NotaryError InvalidParameters(string? text = null) => new(StatusCodes.Status400BadRequest, "INVALID_PARAMETERS", "The parameters provided are not valid.") { HasDetail = true, Text = text };

    /// <summary>The metadata of an upload is refused.</summary>
    public static NotaryError InvalidUpdate(string errorName, string text, string? missing = null) =>
        new(StatusCodes.Status400BadRequest, "INVALID_UPDATE", "Update sent by the client is invalid.") { HasDetail = true, ErrorName = errorName, Text = text, Missing = missing };

    /// <summary>What is no fault of the request, or not of its content.</summary>
    public static NotaryError Other(int status, string code, string message, string? text = null) => new(status, code, message) { HasDetail = text is not null, Text = text };

    /// <summary>The body, at most <see cref="MaxBytes"/>.</summary>
    public byte[] ToBody()
    {
        var body = Write(Text);
        if (body.Length <= MaxBytes || Text is null)
            return body;
        // Cut between characters as people see them: the most of them that fit.
        var characters = StringInfo.ParseCombiningCharacters(Text);
        var (fits, tooMany) = (0, characters.Length);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            if (Write(Cut(middle)).Length <= MaxBytes)
                fits = middle;
            else
                tooMany = middle;
        }
        return Write(Cut(fits));

        string Cut(int count) => Text[..characters[count]] + "…";
    }

    private byte[] Write(string? text)
    {
        var json = JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("errors");
            writer.WriteStartObject();
            writer.WriteString("code", Code);
            writer.WriteString("message", Message);
            if (HasDetail)
                WriteDetail(writer, text);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return [.. json, (byte)'\n'];
    }

    private void WriteDetail(Utf8JsonWriter writer, string? text)
    {
        if (ErrorName is null && text is not null)
        {
            writer.WriteString("detail", text);
            return;
        }
        writer.WriteStartObject("detail");
        if (ErrorName is not null)
        {
            writer.WriteString("Name", ErrorName);
            writer.WriteStartObject("Error");
            if (Missing is not null)
                writer.WriteString(nameof(Missing), Missing);
            writer.WriteString("Msg", text);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
