using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrustService.Json;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Json;

public sealed class CanonicalJsonTests
{
    private static readonly JsonLimits Limits = JsonLimits.OfBytes(1_000_000);

    public static TheoryData<string, string?> Vectors()
    {
        var data = new TheoryData<string, string?>();
        foreach (var vector in TestData.Json("canonical-json-vectors.json").EnumerateArray())
            data.Add(vector.GetProperty("json").GetString()!, vector.TryGetProperty("python_hex", out var hex) ? hex.GetString() : null);
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Encode_PublishedVector_IsThatOfPythonOrRefused(string json, string? pythonHex)
    {
        // Python lets the last of two equal members win; two readers of one signed file must never differ.
        var isRefused = pythonHex is null || json == """{"a":1,"a":2}""";

        if (isRefused)
            Refusal.Of(Errors.TrustError.MalformedJson, () => StrictJson.Parse(Encoding.UTF8.GetBytes(json), Limits));
        else
            Assert.Equal(pythonHex, Convert.ToHexStringLower(Encode(json)));
    }

    [Fact]
    public void Encode_MembersInAnyOrder_IsOneForm() => Property.ForAll(300, random =>
    {
        var tree = RandomJson.Object(random, 4);
        var expected = Encode(tree.ToJsonString());

        Assert.Equal(expected, Encode(RandomJson.Shuffled(tree, random)!.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(2) == 0 })));
    });

    [Fact]
    public void Encode_CanonicalForm_StaysAsItIsWhereItIsJson() => Property.ForAll(300, random =>
    {
        // Raw control characters make canonical bytes that are no JSON; without them the form is its own canonical form.
        var once = Encode(RandomJson.Object(random, 4, withControls: false).ToJsonString());

        Assert.Equal(once, CanonicalJson.Encode(StrictJson.Parse(once, Limits)));
    });

    private static byte[] Encode(string json) => CanonicalJson.Encode(StrictJson.Parse(Encoding.UTF8.GetBytes(json), Limits));
}
