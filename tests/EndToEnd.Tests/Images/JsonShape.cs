using System.Text;
using System.Text.Json;

namespace TrustService.EndToEnd.Tests.Images;

/// <summary>
/// Writes down which members a JSON document has, in their order, without their values: <c>{name size checks[{name}]}</c>.
/// Programs of others read our JSON by these names.
/// </summary>
internal static class JsonShape
{
    /// <summary>The shape of a value; an array has the shape of its first element, and all others must have it too.</summary>
    public static string Of(JsonElement value)
    {
        var shape = new StringBuilder();
        Write(value, shape);
        return shape.ToString();
    }

    private static void Write(JsonElement value, StringBuilder shape)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            var members = value.EnumerateObject().ToList();
            shape.Append('{').AppendJoin(' ', members.Select(member => member.Name + Of(member.Value))).Append('}');
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            var shapes = value.EnumerateArray().Select(Of).Distinct().ToList();
            shape.Append('[').AppendJoin('|', shapes).Append(']');
        }
    }
}
