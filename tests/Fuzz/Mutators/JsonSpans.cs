using System.Text.Json;

namespace TrustService.Fuzz.Mutators;

/// <summary>Where values and members stand in a JSON text.</summary>
internal sealed class JsonSpans
{
    // Long documents are made by mutation; their first parts are as good as any.
    private const int MaxSpans = 4096;

    public List<Range> Values { get; } = [];

    public List<(Range Name, Range Whole)> Members { get; } = [];

    /// <summary>The places, or null if the text is no JSON or too deep.</summary>
    public static JsonSpans? Find(byte[] json)
    {
        var spans = new JsonSpans();
        try
        {
            spans.Read(json);
            return spans;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        var open = new Stack<(int Start, Range? Name)>();
        Range? name = null;
        while (Values.Count < MaxSpans && reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = start..(start + reader.ValueSpan.Length + 2);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((start, name));
                    name = null;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    var (from, of) = open.Pop();
                    Add(from..(start + 1), of);
                    break;
                default:
                    Add(start..(int)reader.BytesConsumed, name);
                    name = null;
                    break;
            }
        }
    }

    private void Add(Range value, Range? name)
    {
        Values.Add(value);
        if (name is { } of)
            Members.Add((of, of.Start..value.End));
    }
}
