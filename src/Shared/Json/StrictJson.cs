using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TrustService.Errors;

namespace TrustService.Json;

/// <summary>The only way by which JSON from outside becomes a tree.</summary>
/// <remarks>
/// Refused: documents over the limits, invalid UTF-8, a byte order mark, comments, trailing commas, duplicate members at
/// any depth, numbers with a fraction or an exponent, and strings with lone surrogates. What two parsers could read
/// differently is never read at all.
/// </remarks>
public static class StrictJson
{
    /// <summary>Parses one document.</summary>
    /// <param name="utf8">The document, UTF-8 without a byte order mark.</param>
    /// <param name="limits">Size and depth at the most.</param>
    /// <returns>The root element; it holds its own memory and needs no disposal.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.TooLarge"/> or <see cref="TrustError.MalformedJson"/>.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        if (utf8.Length > limits.MaxBytes)
            throw new TrustException(TrustError.TooLarge, $"The JSON document has {utf8.Length} bytes; at most {limits.MaxBytes} are read.");
        if (utf8.StartsWith("\uFEFF"u8))
            throw Malformed("it starts with a byte order mark");
        if (!Utf8.IsValid(utf8))
            throw Malformed("it is not valid UTF-8");
        try
        {
            CheckTokens(utf8, limits);
            return JsonElement.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = limits.MaxDepth });
        }
        catch (JsonException e)
        {
            // Without the cause, which quotes the text: it may be a secret in a wrong place.
            throw Malformed(Explain(e, utf8));
        }
        catch (InvalidOperationException e)
        {
            throw Malformed("a string holds a lone surrogate", e);
        }
    }

    // Before the tree is built, which takes many times the memory of the text where that has short tokens.
    private static void CheckTokens(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        // One more, so that the limit is told in words of its own.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
        for (var tokens = 1; reader.Read(); tokens++)
        {
            if (tokens > limits.MaxTokens)
                throw new TrustException(TrustError.TooLarge, $"The JSON document has more than {limits.MaxTokens} names, values and brackets; no more are read.");
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= limits.MaxDepth)
                throw Malformed($"it is nested deeper than {limits.MaxDepth} levels");
            if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
                throw Malformed($"the number {Shorten(Encoding.UTF8.GetString(reader.ValueSpan))} is not an integer");
            // Text without escapes is valid already, because the whole document is valid UTF-8.
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                _ = reader.GetString();
        }
    }

    // The parser's own words are about its options; where the mistake is, it knows well. Members that stand twice have no place.
    private static string Explain(JsonException e, ReadOnlySpan<byte> utf8)
    {
        if (e is not { LineNumber: { } line, BytePositionInLine: { } position })
            return e.Message.Split('\'') is [_, var name, _] ? $"the member \"{Shorten(name)}\" stands twice in one object" : "a member stands twice in one object";
        var start = 0;
        for (var skipped = 0L; skipped < line; skipped++)
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        return utf8.Trim(" \t\r\n"u8).IsEmpty ? "it is empty"
            : start + position >= utf8.Length ? "it ends too early"
            : $"line {line + 1}, byte {position + 1} is not what may stand there";
    }

    private static string Shorten(string text) => text.Length <= 32 ? text : string.Concat(text.AsSpan(0, 32), "…");

    private static TrustException Malformed(string what, Exception? inner = null) =>
        new(TrustError.MalformedJson, $"Not acceptable as JSON: {what}.", inner);
}
