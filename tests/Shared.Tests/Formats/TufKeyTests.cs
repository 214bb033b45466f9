using System.Text.Json;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

public sealed class TufKeyTests
{
    private readonly string pem = KeyMaterial.ToPem(SignatureScheme.EcdsaP256Sha256, TestKeys.New().Material.Span);

    [Theory]
    [InlineData("public", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("privateKey", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")]
    public void Case10_PrivateKeyUnderAnyMember_IsRefused(string member, string secret)
    {
        var key = Key(member == "public" ? pem + secret : pem, member == "public" ? null : (member, secret));

        Refusal.Of(TrustError.PrivateKeyInMetadata, () => TufFormat.Instance.ReadKey(new KeyId("a"), key));
    }

    [Fact]
    public void ReadKey_TextBesideThePem_NeverCounts()
    {
        Assert.True(TufFormat.Instance.ReadKey(new KeyId("a"), Key(pem, null)).IsUsable);
        Assert.False(TufFormat.Instance.ReadKey(new KeyId("a"), Key(pem + "note to self\n", null)).IsUsable);
    }

    private static JsonElement Key(string text, (string Name, string Value)? extra) => JsonWriting.Element(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("keytype", "ecdsa");
        writer.WriteString("scheme", "ecdsa-sha2-nistp256");
        writer.WriteStartObject("keyval");
        writer.WriteString("public", text);
        if (extra is { } member)
            writer.WriteString(member.Name, member.Value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
