using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Editing;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

public sealed class TargetWordsTests
{
    private static readonly TargetFile Plain = new() { Length = 528, Hashes = FileHashes.OfSha256("abc"u8) };
    private static readonly string Sha256 = Hex.Encode(Plain.Hashes.Sha256!.Value.Span);

    [Fact]
    public void ToString_Target_HasAllOfIt()
    {
        var target = Custom("""{"prod":"yes","n":7}""") with { Hashes = new FileHashes([.. Plain.Hashes.Values, new FileHash("sha512", new byte[] { 1, 2 })]) };

        Assert.Equal($"sha256:{Sha256}  sha512:0102  length 528  custom {{\"prod\":\"yes\",\"n\":7}}", TargetWords.Of(target).ToString());
        Assert.Equal("no sha512  no custom", TargetWords.Of(Plain).WithoutThoseOf(TargetWords.Of(target)));
        Assert.Equal("length 7", TargetWords.Of(Plain with { Length = 7 }).WithoutThoseOf(TargetWords.Of(Plain)));
        Assert.Equal("", TargetWords.Of(Plain).WithoutThoseOf(TargetWords.Of(Plain)));
    }

    [Fact]
    public void ToString_CustomWithWhatIsNotSeen_ShowsIt()
    {
        var words = TargetWords.Of(Custom("""{"a":"1\u202e2\u200b3\n\u00a04\ud83d\ude00\udb40\udc41ü"}"""));

        Assert.EndsWith("""custom {"a":"1\u202E2\u200B3\n\u00A04\uD83D\uDE00\uDB40\uDC41ü"}""", words.ToString(), StringComparison.Ordinal);
        Assert.Equal("1\u202e2\u200b3\n\u00a04\ud83d\ude00\udb40\udc41ü", words.ToTarget().Custom!.Value.GetProperty("a").GetString());
    }

    // Whoever adds a member to a target has to find words for it, or it can be signed by nobody who is shown a change.
    [Theory]
    [InlineData("tuf", """{"length":529}""", "length 529")]
    [InlineData("tuf", """{"hashes":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae"}}""", "15ae")]
    [InlineData("tuf", """{"hashes":{"blake2b-256":"00ff"}}""", "blake2b-256:00ff")]
    [InlineData("tuf", """{"hashes":{"SHA 512":"00ff"}}""", null)]
    [InlineData("tuf", """{"hashes":{"sha512":"00FF"}}""", null)]
    [InlineData("tuf", """{"custom":{"prod":"yes"}}""", """custom {"prod":"yes"}""")]
    [InlineData("notary", """{"custom":null}""", "custom null")]
    [InlineData("tuf", """{"x-more":1}""", null)]
    [InlineData("notary", """{"length":529}""", "length 529")]
    [InlineData("notary", """{"hashes":{"sha512":"AQI="}}""", "sha512:0102")]
    [InlineData("notary", """{"hashes":{"sha512":"!"}}""", null)]
    [InlineData("notary", """{"custom":{"prod":"yes"}}""", """custom {"prod":"yes"}""")]
    [InlineData("notary", """{"x-more":1}""", null)]
    public void TellsAllOf_AnyMemberOfATarget_IsInItsWordsOrUntold(string formatName, string members, string? words)
    {
        var format = MetadataFormats.Find(formatName);
        var start = MetadataSigner.Unsigned(format, TargetsEditor.First(FixedTime.Start.AddDays(1)));
        var next = TargetsEditor.Next(start.Signed, new TargetsChange { Set = ImmutableSortedDictionary<string, TargetFile>.Empty.Add("1.0", Plain) }, FixedTime.Start.AddDays(1));
        var json = JsonNode.Parse(format.WriteSigned(next))!;
        Merge(json["targets"]!["1.0"]!.AsObject(), JsonNode.Parse(members)!.AsObject());
        var after = format.Read<Targets>(format.WriteFile(Encoding.UTF8.GetBytes(json.ToJsonString()), []), int.MaxValue);

        var diff = TargetsDiff.Between(start.Signed, after.Signed);

        var shown = TargetWords.Of(diff.Set["1.0"]).ToString();
        if (diff.TellsAllOf(format, after))
            Assert.Contains(words ?? "this must not be told", shown, StringComparison.Ordinal);
        else
            Assert.Null(words);
        Assert.True(TargetsDiff.Between(start.Signed, next).TellsAllOf(format, MetadataSigner.Unsigned(format, next)));
    }

    private static TargetFile Custom(string json) => Plain with { Custom = StrictJson.Parse(Encoding.UTF8.GetBytes(json), JsonLimits.OfBytes(1000)) };

    private static void Merge(JsonObject into, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (value is JsonObject inner && into[name] is JsonObject there)
                Merge(there, inner);
            else
                into[name] = value?.DeepClone();
        }
    }
}
