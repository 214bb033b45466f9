using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrustService.Server.Tests.Endpoints.Notary;

/// <summary>JSON as Notary clients sign it: sorted, without white space. Texts of tests need no escapes.</summary>
internal static class NotaryJson
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Canonical(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static string Sha256Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{').AppendJoin(',', members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{JsonSerializer.Serialize(m.Key, Compact)}:{Encoding.UTF8.GetString(Canonical(m.Value))}")).Append('}');
                break;
            case JsonArray items:
                text.Append('[').AppendJoin(',', items.Select(item => Encoding.UTF8.GetString(Canonical(item)))).Append(']');
                break;
            default:
                text.Append(node is null ? "null" : node.ToJsonString(Compact));
                break;
        }
    }
}
