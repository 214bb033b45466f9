using TrustService.Cli.Pkcs11;
using TrustService.Errors;

namespace TrustService.Cli.Tests.Pkcs11;

public sealed class Pkcs11UriTests
{
    [Fact]
    public void Parse_EveryAttribute_IsRead()
    {
        var uri = Pkcs11Uri.Parse("pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;serial=0ab;slot-id=327;object=my-key;type=private;id=%69%95%3E%00?pin-source=file:/etc/token&module-path=/usr/lib/x.so");

        Assert.Equal("The Software PKCS#11 Softtoken", uri.Token);
        Assert.Equal("Snake Oil, Inc.", uri.Manufacturer);
        Assert.Equal(("1.0", "0ab", 327UL, "my-key"), (uri.Model, uri.Serial, uri.SlotId, uri.Object));
        Assert.Equal(new byte[] { 0x69, 0x95, 0x3E, 0 }, uri.Id!.Value.ToArray());
        Assert.Equal(("/etc/token", "/usr/lib/x.so"), (uri.PinFile, uri.ModulePath));
    }

    [Fact]
    public void Parse_BareScheme_LeavesEverythingOpen()
    {
        var uri = Pkcs11Uri.Parse("pkcs11:");

        Assert.Null(uri.Id);
        Assert.Null(uri.Token);
        Assert.Null(uri.SlotId);
        Assert.Null(uri.ModulePath);
    }

    [Theory]
    [InlineData("pkcs11:token=a?pin-value=1234", "PIN itself")]
    [InlineData("pkcs11:pin-value=1234", "PIN itself")]
    [InlineData("pkcs11:token=a;token=b", "twice")]
    [InlineData("pkcs11:token", "NAME=VALUE")]
    [InlineData("pkcs11:=a", "NAME=VALUE")]
    [InlineData("pkcs11:token=%4", "hexadecimal")]
    [InlineData("pkcs11:token=%zz", "hexadecimal")]
    [InlineData("pkcs11:token=a b", "%XX")]
    [InlineData("pkcs11:token=%ff", "UTF-8")]
    [InlineData("pkcs11:slot-id=x", "slot-id")]
    [InlineData("pkcs11:slot-id=-1", "slot-id")]
    [InlineData("pkcs11:type=cert", "not private")]
    [InlineData("pkcs11:library-version=3", "library-version")]
    [InlineData("pkcs11:?module-name=x", "module-name")]
    [InlineData("pkcs11:?module-path=x.so", "absolute")]
    [InlineData("pkcs11:?pin-source=file:pin", "absolute")]
    [InlineData("pkcs11:?pin-source=%7Ccat", "absolute")]
    public void Parse_Unusable_IsRefusedWithItsReason(string text, string reason)
    {
        var error = Assert.Throws<TrustException>(() => Pkcs11Uri.Parse(text));

        Assert.Equal(TrustError.Usage, error.Error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", error.Message, StringComparison.Ordinal);
    }
}
