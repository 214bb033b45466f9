using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TrustService.Json;

/// <summary>The only canonical encoder: the form over which signatures and key ids are computed.</summary>
/// <remarks>
/// OLPC canonical JSON: UTF-8, no white space, members ordered by code point, only <c>"</c> and <c>\</c> escaped,
/// integers in decimal. Source: TUF 1.0.34 §4.1. The input must come from <see cref="StrictJson"/>.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The canonical bytes of <paramref name="element"/>.</summary>
    public static byte[] Encode(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(element, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(element, output); break;
            case JsonValueKind.Array: WriteArray(element, output); break;
            case JsonValueKind.String: WriteString(Encoding.UTF8.GetBytes(element.GetString()!), output); break;
            case JsonValueKind.Number: WriteInteger(element.GetRawText(), output); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            case JsonValueKind.Null: output.Write("null"u8); break;
            default: throw new ArgumentException("Undefined JSON has no canonical form.", nameof(element));
        }
    }

    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var members = new List<(byte[] Name, JsonElement Value)>(element.GetPropertyCount());
        foreach (var member in element.EnumerateObject())
            members.Add((Encoding.UTF8.GetBytes(member.Name), member.Value));
        // The order of UTF-8 bytes is the order of code points; UTF-16 order is not.
        members.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        output.Write("{"u8);
        var first = true;
        foreach (var (name, value) in members)
        {
            if (!first)
                output.Write(","u8);
            first = false;
            WriteString(name, output);
            output.Write(":"u8);
            Write(value, output);
        }
        output.Write("}"u8);
    }

    private static void WriteArray(JsonElement element, ArrayBufferWriter<byte> output)
    {
        output.Write("["u8);
        var first = true;
        foreach (var item in element.EnumerateArray())
        {
            if (!first)
                output.Write(","u8);
            first = false;
            Write(item, output);
        }
        output.Write("]"u8);
    }

    private static void WriteString(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (utf8.IndexOfAny((byte)'"', (byte)'\\') is var at && at >= 0)
        {
            output.Write(utf8[..at]);
            output.Write("\\"u8);
            output.Write(utf8.Slice(at, 1));
            utf8 = utf8[(at + 1)..];
        }
        output.Write(utf8);
        output.Write("\""u8);
    }

    private static void WriteInteger(string raw, ArrayBufferWriter<byte> output)
    {
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            throw new ArgumentException($"{raw} is not an integer.", nameof(raw));
        output.Write(Encoding.UTF8.GetBytes(raw == "-0" ? "0" : raw));
    }
}
