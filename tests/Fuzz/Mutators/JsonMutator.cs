using System.Text;
using System.Text.Json;

namespace TrustService.Fuzz.Mutators;

/// <summary>Damages JSON so that it mostly stays JSON: members, values, types, numbers, texts and nesting.</summary>
internal sealed class JsonMutator(params string[] words) : IMutator
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "[]", "{}", "\"\"", "\"a\"", "0", "-1", "1", "-0", "1.0", "1e3", "1e999", "9007199254740991", "9007199254740992", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "4294967296", "2147483647", "-2147483649", "00", "NaN", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"",
        "\"2030-04-01T00:00:00Z\"", "\"9999-12-31T23:59:59-23:59\"", "\"0000-00-00T00:00:00Z\"", "\"../../x\"", "\"root\"", "\"targets\"", "\"ROOT\"", "\"*\"", "\"[\"", "[[]]", "[null]",
        "{\"\":null}", "{\"a\":1,\"a\":2}", "\"-----BEGIN PUBLIC KEY-----\"", "\"ff\"", "\"zz\"", "\"====\"", "/**/1", "'a'",
    ];

    private readonly ByteMutator bytes = new(words);

    public byte[] Mutate(byte[] seed, Random random)
    {
        var json = seed;
        for (var change = random.Next(1, 4); change > 0; change--)
            json = JsonSpans.Find(json) is { Values.Count: > 0 } spans && random.Next(12) != 0 ? Once(json, spans, random) : bytes.Once(json, random);
        return json;
    }

    private byte[] Once(byte[] json, JsonSpans spans, Random random)
    {
        var value = spans.Values[random.Next(spans.Values.Count)];
        var member = spans.Members.Count > 0 ? spans.Members[random.Next(spans.Members.Count)] : default;
        switch (random.Next(spans.Members.Count > 0 ? 12 : 6))
        {
            case 0: return Replace(json, value, Value(random));
            case 1: return Replace(json, value, json[spans.Values[random.Next(spans.Values.Count)]]);
            case 2: return Replace(json, value, Nested(json[value], random));
            case 3: return Replace(json, value, Huge(json[value], random));
            case 4:
            case 5: return ChangeText(json, value, random);
            case 6: return Replace(json, Without(json, member.Whole), []);
            case 7: return Insert(json, member.Whole.End.Value, [(byte)',', .. json[member.Whole]]);
            case 8: return Insert(json, member.Whole.End.Value, [(byte)',', .. json[spans.Members[random.Next(spans.Members.Count)].Whole]]);
            case 9: return Replace(json, member.Name, Renamed(json, spans, member.Name, random));
            case 10: return Insert(json, member.Whole.Start.Value, [.. json[member.Name], (byte)':', .. Value(random), (byte)',']);
            default: return Repeat(json, member.Whole, random);
        }
    }

    private byte[] Value(Random random) =>
        words.Length > 0 && random.Next(3) == 0 ? Quoted(words[random.Next(words.Length)]) : Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]);

    private byte[] Renamed(byte[] json, JsonSpans spans, Range name, Random random) => random.Next(4) switch
    {
        0 => json[spans.Members[random.Next(spans.Members.Count)].Name],
        1 => bytes.Once(json[name], random),
        2 => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json[name]).Replace('s', '\u017F').Replace('k', '\u212A')),
        _ => Quoted(words.Length > 0 ? words[random.Next(words.Length)] : ""),
    };

    private byte[] ChangeText(byte[] json, Range value, Random random)
    {
        var (from, length) = value.GetOffsetAndLength(json.Length);
        if (length < 2 || json[from] != '"')
            return Replace(json, value, Value(random));
        return Replace(json, (from + 1)..(from + length - 1), bytes.Once(json[(from + 1)..(from + length - 1)], random));
    }

    private static byte[] Nested(byte[] value, Random random)
    {
        var depth = ByteMutator.Times(random, 16);
        return random.Next(2) == 0
            ? [.. Enumerable.Repeat((byte)'[', depth), .. value, .. Enumerable.Repeat((byte)']', random.Next(8) == 0 ? 0 : depth)]
            : [.. Enumerable.Repeat("{\"a\":"u8.ToArray(), depth).SelectMany(piece => piece), .. value, .. Enumerable.Repeat((byte)'}', depth)];
    }

    private static byte[] Huge(byte[] value, Random random)
    {
        var times = ByteMutator.Times(random, value.Length + 1);
        return random.Next(3) switch
        {
            0 => [.. Enumerable.Repeat((byte)'9', times)],
            1 => [(byte)'"', .. Enumerable.Repeat((byte)random.Next('0', 'g'), times), (byte)'"'],
            _ => [(byte)'[', .. Enumerable.Repeat<byte[]>([.. value, (byte)','], times).SelectMany(piece => piece), .. value, (byte)']'],
        };
    }

    // The same member many times, each under a name of its own.
    private static byte[] Repeat(byte[] json, Range member, Random random)
    {
        var (from, length) = member.GetOffsetAndLength(json.Length);
        var times = ByteMutator.Times(random, length + 10);
        var copies = new MemoryStream();
        for (var i = 0; i < times; i++)
        {
            copies.Write(Encoding.ASCII.GetBytes($"\"{i:x}"));
            copies.Write(json, from + 1, length - 1);
            copies.WriteByte((byte)',');
        }
        return Insert(json, from, copies.ToArray());
    }

    // A member goes with the comma after it, or else with the one before it.
    private static Range Without(byte[] json, Range member)
    {
        var (from, length) = member.GetOffsetAndLength(json.Length);
        var to = from + length;
        if (to < json.Length && json[to] == ',')
            return from..(to + 1);
        return from > 0 && json[from - 1] == ',' ? (from - 1)..to : from..to;
    }

    private static byte[] Quoted(string text) => JsonSerializer.SerializeToUtf8Bytes(text);

    private static byte[] Insert(byte[] json, int at, byte[] by) => ByteMutator.Replace(json, at, at, by);

    private static byte[] Replace(byte[] json, Range range, byte[] by) => ByteMutator.Replace(json, range.Start.Value, range.End.Value, by);
}
