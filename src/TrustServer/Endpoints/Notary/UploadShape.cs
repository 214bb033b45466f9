using System.Globalization;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Publishing;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Tells two kinds of refused files apart: those that a decoder cannot take in at all, and those whose content is wrong.</summary>
internal static class UploadShape
{
    /// <summary>True if it is JSON in which type, version and expiry have the JSON types that they must have, as far as they are there.</summary>
    public static bool IsDecodable(UploadedFile upload)
    {
        JsonElement file;
        try
        {
            file = StrictJson.Parse(upload.Data.Span, JsonLimits.OfBytes(upload.Data.Length));
        }
        catch (TrustException)
        {
            return false;
        }
        if (file.ValueKind != JsonValueKind.Object)
            return false;
        if (!file.TryGetProperty("signed", out var signed))
            return true;
        return signed.ValueKind == JsonValueKind.Object
            && (!signed.TryGetProperty("_type", out var type) || type.ValueKind == JsonValueKind.String)
            && (!signed.TryGetProperty("version", out var version) || (version.ValueKind == JsonValueKind.Number && version.TryGetInt64(out _)))
            && (!signed.TryGetProperty("expires", out var expires) || (expires.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(expires.GetString(), CultureInfo.InvariantCulture, out _)));
    }
}
