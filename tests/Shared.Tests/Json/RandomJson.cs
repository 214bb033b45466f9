using System.Text.Json.Nodes;

namespace TrustService.Shared.Tests.Json;

/// <summary>Random JSON trees that strict reading accepts.</summary>
internal static class RandomJson
{
    private static readonly string[] Texts = ["a", "b", "A", "", " ", "é", "中", "\U0001F600", "\uFFEE", "\u2028", "\"", "\\", "/", "<&>", "e\u0301"];
    private static readonly string[] Controls = ["\n", "\t", "\u0001", "\u007F"];

    public static JsonObject Object(Random random, int depth, bool withControls = true)
    {
        var result = new JsonObject();
        for (var i = random.Next(6); i > 0; i--)
            result[Text(random, withControls)] = Value(random, depth - 1, withControls);
        return result;
    }

    /// <summary>The same tree with the members of every object in another order.</summary>
    public static JsonNode? Shuffled(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject tree:
                var members = tree.ToArray();
                random.Shuffle(members);
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Shuffled(member.Value, random))));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Shuffled(item, random))]);
            default:
                return node?.DeepClone();
        }
    }

    private static JsonNode? Value(Random random, int depth, bool withControls) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue),
        3 => JsonNode.Parse(string.Concat(Enumerable.Repeat("9", random.Next(1, 40)))),
        4 => Text(random, withControls),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1, withControls))]),
        _ => Object(random, depth - 1, withControls),
    };

    private static string Text(Random random, bool withControls)
    {
        var pieces = withControls && random.Next(4) == 0 ? Controls : Texts;
        return string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
