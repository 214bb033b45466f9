using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TrustService.Json;

/// <summary>Writes JSON documents: compact, UTF-8, with nothing escaped that need not be.</summary>
public static class JsonWriting
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of the document that <paramref name="write"/> writes.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, Compact))
            write(writer);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The document that <paramref name="write"/> writes, as an element.</summary>
    public static JsonElement Element(Action<Utf8JsonWriter> write) => JsonElement.Parse(Bytes(write));
}
