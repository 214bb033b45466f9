using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class BearerChallengeTests
{
    private const string Docker = "realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/alpine:pull\"";

    [Theory]
    [InlineData(Docker, "https://auth.docker.io/token", "registry.docker.io")]
    [InlineData("service = x , realm = \"https://a.example/t?account=1\"", "https://a.example/t?account=1", "x")]
    [InlineData("realm=https://a.example/t", "https://a.example/t", null)]
    [InlineData("realm=\"https://a.example/t\",service=\"a \\\"b\\\", c\"", "https://a.example/t", "a \"b\", c")]
    public void TryParse_Challenge_GivesRealmAndService(string text, string realm, string? service)
    {
        Assert.True(BearerChallenge.TryParse(text, out var challenge));
        Assert.Equal(new Uri(realm), challenge.Realm);
        Assert.Equal(service, challenge.Service);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("service=\"x\"")]
    [InlineData("realm=\"/token\"")]
    [InlineData("realm=\"file:///etc/passwd\"")]
    [InlineData("realm=\"https://user:secret@a.example/t\"")]
    [InlineData("realm=\"https://a.example/t")]
    [InlineData("realm=\"https://a.example/t\\")]
    [InlineData("realm=\"https://a.example/t\",realm=\"https://b.example/t\"")]
    [InlineData("realm=\"https://a.example/t\" service=\"x\"")]
    [InlineData("=\"x\",realm=\"https://a.example/t\"")]
    [InlineData("realm=\"https://\na.example/t\"")]
    [InlineData("realm=\"https://a .example/t\"")]
    [InlineData("realm=\"https://\u00e4.example/t\"")]
    public void TryParse_MalformedOrForeignRealm_IsFalse(string? text) => Assert.False(BearerChallenge.TryParse(text, out _));

    [Fact]
    public void TryParse_OverTheLimit_IsFalse() =>
        Assert.False(BearerChallenge.TryParse(Docker + ",x=" + new string('a', RegistryLimits.MaxChallengeLength), out _));

    [Fact]
    public void TokenAddress_RealmWithQuery_KeepsItAndEscapesTheRest()
    {
        Assert.True(BearerChallenge.TryParse("realm=\"https://a.example/t?x=1#f\",service=\"a&b\"", out var challenge));
        Assert.Equal("https://a.example/t?x=1&service=a%26b&scope=repository%3Ac%2Fd%3Apull", challenge.TokenAddress("repository:c/d:pull").AbsoluteUri);
    }

    [Fact]
    public void TryParse_MutatedChallenge_NeverThrows() => Property.ForAll(5000, random =>
    {
        if (BearerChallenge.TryParse(Mutation.Of(Docker, random), out var challenge))
            Assert.StartsWith("http", challenge.TokenAddress("repository:a:pull").AbsoluteUri, StringComparison.Ordinal);
    });
}
