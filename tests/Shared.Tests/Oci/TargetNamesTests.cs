using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Oci;

public sealed class TargetNamesTests
{
    private static readonly Digest Digest = Digest.OfSha256("abc"u8);

    [Fact]
    public void ForDigest_Sha256_NamesTheDigestAndNoOtherTarget()
    {
        var path = TargetNames.ForDigest(Digest);

        Assert.Equal("sha256-" + Digest.Hex, path);
        Assert.Equal(Digest, TargetNames.DigestOf(path));
        Assert.True(TargetNames.Allows(path, Digest));
        Assert.False(TargetNames.Allows(path, Digest.OfSha256("abd"u8)));
        Assert.Equal(path, TargetNames.For(ImageReference.Parse("alpine@" + Digest)));
    }

    [Theory]
    [InlineData("1.4.2")]
    [InlineData("sha256-00")]
    [InlineData("sha256-BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    public void DigestOf_Tag_IsNull(string tag)
    {
        Assert.Null(TargetNames.DigestOf(tag));
        Assert.True(TargetNames.Allows(tag, Digest));
        Assert.Equal(tag, TargetNames.ForTag(tag));
        Assert.Equal(tag, TargetNames.For(ImageReference.Parse("alpine:" + tag)));
    }

    [Fact]
    public void ForTag_OrDigestOfOtherForm_IsRefused()
    {
        Refusal.Of(TrustError.InvalidTargetPath, () => TargetNames.ForTag("../x"));
        Refusal.Of(TrustError.InvalidTargetPath, () => TargetNames.ForTag(""));
        Refusal.Of(TrustError.InvalidTargetPath, () => TargetNames.ForDigest(Digest.OfSha512("abc"u8)));
    }
}
