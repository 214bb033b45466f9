using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

public sealed class GunTests
{
    [Theory]
    [InlineData("docker.io/library/alpine", true)]
    [InlineData("127.0.0.1:15555/x/app", true)]
    [InlineData("alpine", false)]
    [InlineData("library/alpine", false)]
    [InlineData("Registry.example.com/Team/App", false)]
    [InlineData("a/_trust-like/x", false)]
    [InlineData("a/_trust/tuf/x", false)]
    [InlineData("single-4220abee", false)]
    [InlineData("golden.example.test", false)]
    [InlineData("é/ü", false)]
    [InlineData("a.b-c_d__e:5/x", false)]
    [InlineData("%2F", false)]
    public void Name_IsKeptExactly(string text, bool isOci)
    {
        var name = Gun.Parse(text);

        Assert.Equal((text, isOci), (name.Value, name.IsOciName));
        Assert.Equal(name, RepositoryName.ParseExact(name.Value));
        Assert.Equal(64, name.FileName.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a*")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u202Eb")]
    [InlineData("a\u2028b")]
    [InlineData("a\uFEFFb")]
    [InlineData("a\uD800b")]
    public void Name_ThatNoPathCanHold_IsRefused(string text) =>
        Refusal.Of(TrustError.InvalidRepositoryName, () => Gun.Parse(text));

    [Fact]
    public void Name_OfMoreThan255Characters_IsRefused()
    {
        Assert.Equal(255, Gun.Parse(new string('a', 255)).Value.Length);
        Refusal.Of(TrustError.InvalidRepositoryName, () => Gun.Parse(new string('a', 256)));
    }

    [Fact]
    public void ShortName_IsAnotherRepositoryThanTheFullOne()
    {
        Assert.NotEqual(Gun.Parse("alpine"), Gun.Parse("docker.io/library/alpine"));
        Assert.NotEqual(Gun.Parse("alpine").FileName, Gun.Parse("docker.io/library/alpine").FileName);
    }
}
