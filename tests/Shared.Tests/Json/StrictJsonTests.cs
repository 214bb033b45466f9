using System.Diagnostics;
using System.Text;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Json;

public sealed class StrictJsonTests
{
    private static readonly JsonLimits Limits = JsonLimits.OfBytes(64 * 1024 * 1024);

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF{}")]
    [InlineData("{} {}")]
    [InlineData("{},")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// c\n{}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":Infinity}")]
    [InlineData("{\"a\":1.0}")]
    [InlineData("{\"a\":1e3}")]
    [InlineData("{\"a\":1E3}")]
    [InlineData("{\"a\":-1.5e-3}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":+1}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"b\":{\"a\":1,\"\\u0061\":2}}")]
    [InlineData("[{\"a\":1,\"a\":1}]")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":\"\t\"}")]
    public void Parse_WhatTwoParsersCouldReadDifferently_IsRefused(string json) =>
        Refusal.Of(TrustError.MalformedJson, () => StrictJson.Parse(Encoding.UTF8.GetBytes(json), Limits));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" \n", "it is empty")]
    [InlineData("{\n\"a\":1", "it ends too early")]
    [InlineData("[{\n}\n", "it ends too early")]
    [InlineData("three?", "line 1, byte 2 ")]
    [InlineData("{\"a\":1,\n 'b':2}", "line 2, byte 2 ")]
    [InlineData("[1,]", "line 1, byte 4 ")]
    [InlineData("{\"a\":1,\"a\":2}", "the member \"a\" stands twice")]
    public void Refusal_NotJson_SaysWhereInWordsOfItsOwn(string json, string expected)
    {
        var refusal = Refusal.Of(TrustError.MalformedJson, () => StrictJson.Parse(Encoding.UTF8.GetBytes(json), Limits));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the file", "server is a number, not a string.")]
    [InlineData("root", "root.server is a number, not a string.")]
    public void Refusal_MemberOfAFileWithoutName_IsNamedAlone(string place, string expected) =>
        Assert.Equal(expected, Refusal.Of(TrustError.MalformedMetadata, () => new JsonObjectReader(StrictJson.Parse("{\"server\":1}"u8, Limits), place).Text("server")).Message);

    [Theory]
    [InlineData("{\"a\":\"#\"}", new byte[] { 0xFF })]
    [InlineData("{\"a\":\"#\"}", new byte[] { 0xC0, 0xAF })]
    [InlineData("{\"a\":\"#\"}", new byte[] { 0xED, 0xA0, 0x80 })]
    public void Parse_InvalidUtf8_IsRefused(string around, byte[] invalid)
    {
        var at = around.IndexOf('#', StringComparison.Ordinal);
        byte[] json = [.. Encoding.UTF8.GetBytes(around[..at]), .. invalid, .. Encoding.UTF8.GetBytes(around[(at + 1)..])];

        Refusal.Of(TrustError.MalformedJson, () => StrictJson.Parse(json, Limits));
    }

    [Fact]
    public void Parse_DeeperThanTheLimit_IsRefused()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Assert.True(Refusal.IsAccepted(() => StrictJson.Parse(Nested(JsonLimits.DefaultMaxDepth), Limits)));
        Assert.Contains($"deeper than {JsonLimits.DefaultMaxDepth} levels", Refusal.Of(TrustError.MalformedJson, () => StrictJson.Parse(Nested(JsonLimits.DefaultMaxDepth + 1), Limits)).Message, StringComparison.Ordinal);
        Refusal.Of(TrustError.MalformedJson, () => StrictJson.Parse(Nested(1_000_000), Limits));
    }

    [Fact]
    public void Parse_LongerThanTheLimit_IsRefusedUnread() =>
        Refusal.Of(TrustError.TooLarge, () => StrictJson.Parse("[1,2]"u8, JsonLimits.OfBytes(4)));

    [Fact]
    public void Parse_AMillionMembers_TakesSeconds()
    {
        var json = new StringBuilder("{");
        for (var i = 0; i < 1_000_000; i++)
            json.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":0");
        var watch = Stopwatch.StartNew();

        var parsed = StrictJson.Parse(Encoding.UTF8.GetBytes(json.Append('}').ToString()), Limits);

        Assert.Equal(1_000_000, parsed.GetPropertyCount());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void Parse_MutatedDocument_IsReadOrRefusedButNeverFails() => Property.ForAll(2000, random =>
    {
        var json = Mutation.Of(RandomJson.Object(random, 4).ToJsonString(), random);

        // What is accepted has a canonical form, whatever it is.
        Refusal.IsAccepted(() => CanonicalJson.Encode(StrictJson.Parse(Encoding.UTF8.GetBytes(json), Limits)));
    });

    [Fact]
    public void Refusal_QuotesALongNumber_StaysShortAndPrintable()
    {
        var json = Encoding.UTF8.GetBytes("{\"version\":" + new string('9', 1_000_000) + "}");

        var refusal = Refusal.Of(TrustError.MalformedMetadata, () => new JsonObjectReader(StrictJson.Parse(json, Limits), "a\u001B[31m\u202Eb").Integer("version", 1, 9));

        Assert.True(refusal.Message.Length <= 2001);
        Assert.DoesNotContain(refusal.Message, c => char.IsControl(c) || c == '\u202E');
    }
}
