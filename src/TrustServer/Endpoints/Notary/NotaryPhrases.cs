using System.Text.Json;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Publishing;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>What the first servers said of a file of the wrong shape, for scripts that look for it.</summary>
internal static class NotaryPhrases
{
    /// <summary>The phrase for the first thing that is wrong with the shape of a file, or null.</summary>
    public static string? Of(UploadedFile upload)
    {
        if (!UploadShape.IsDecodable(upload))
            return null;
        var file = StrictJson.Parse(upload.Data.Span, JsonLimits.OfBytes(upload.Data.Length));
        if (!file.TryGetProperty("signed", out var signed) || !file.TryGetProperty("signatures", out var signatures) || signatures.ValueKind != JsonValueKind.Array || signatures.GetArrayLength() == 0)
            return "tuf: data has no signatures";
        var wanted = upload.Role.Value switch { "root" => "Root", "snapshot" => "Snapshot", _ => "Targets" };
        var type = signed.TryGetProperty("_type", out var found) ? found.GetString() : "";
        if (type != wanted)
            return $"expected type {wanted}, not {type}";
        if (!signed.TryGetProperty("version", out var version) || version.GetInt64() < 1)
            return "version cannot be less than one";
        return upload.Role == RoleName.Root ? OfRoot(signed) : null;
    }

    private static string? OfRoot(JsonElement signed)
    {
        var roles = Member(signed, "roles");
        var keys = Member(signed, "keys");
        foreach (var name in (string[])["root", "targets", "snapshot", "timestamp"])
        {
            if (Member(roles, name) is not { } role)
                return $"missing {name} role specification";
            if (!role.TryGetProperty("threshold", out var threshold) || threshold.ValueKind != JsonValueKind.Number || !threshold.TryGetInt64(out var count) || count < 1)
                return $"invalid threshold specified for {name}: {threshold}";
            if (role.TryGetProperty("keyids", out var ids) && ids.ValueKind == JsonValueKind.Array
                && ids.EnumerateArray().FirstOrDefault(id => id.ValueKind == JsonValueKind.String && Member(keys, id.GetString()!) is null) is { ValueKind: JsonValueKind.String } missing)
                return $"key ID {missing} specified in {name} without corresponding key";
        }
        return null;
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;
}
