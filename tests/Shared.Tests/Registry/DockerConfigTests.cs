using System.Text;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Registry;

public sealed class DockerConfigTests
{
    // The base64 texts are hub:h, root:r, team:t and old:o.
    private const string Sample = """
        {
          "auths": {
            "https://index.docker.io/v1/": { "auth": "aHViOmg=" },
            "registry.example.com": { "auth": "cm9vdDpy", "email": "x@example.com" },
            "registry.example.com/team": { "auth": "dGVhbTp0" },
            "https://old.example.com/v2/": { "auth": "b2xkOm8=" },
            "Port.example.com:5000": { "username": "plain", "password": "p:q" },
            "token.example.com": { "identitytoken": "refresh" },
            "empty.example.com": {}
          },
          "credHelpers": { "helped.example.com": "own" },
          "credsStore": "desktop",
          "detachKeys": "ctrl-e", "plugins": { "x": { "ratio": 1.5 } }
        }
        """;

    [Theory]
    [InlineData("alpine", "hub:h")]
    [InlineData("registry-1.docker.io/user/app", "hub:h")]
    [InlineData("registry.example.com/app", "root:r")]
    [InlineData("registry.example.com/teams", "root:r")]
    [InlineData("registry.example.com/team", "team:t")]
    [InlineData("registry.example.com/team/app", "team:t")]
    [InlineData("old.example.com/app", "old:o")]
    [InlineData("port.example.com:5000/app", "plain:p:q")]
    [InlineData("port.example.com/app", null)]
    [InlineData("empty.example.com/app", null)]
    [InlineData("registry.example.com.evil.example/team/app", null)]
    [InlineData("evil.example/registry.example.com/team", null)]
    public void CredentialFor_Repository_IsThatOfTheLongestKey(string repository, string? expected)
    {
        var credential = Parse(Sample).CredentialFor(RepositoryName.Parse(repository));
        Assert.Equal(expected, credential is null ? null : $"{credential.Username}:{credential.Password}");
    }

    [Fact]
    public void CredentialFor_IdentityToken_HasNoPassword() =>
        Assert.Equal("refresh", Parse(Sample).CredentialFor(RepositoryName.Parse("token.example.com/app"))!.IdentityToken);

    [Fact]
    public void Helpers_AreByHostWithOneForTheRest()
    {
        var config = Parse(Sample);
        Assert.Equal("own", config.HelperFor(RepositoryName.Parse("helped.example.com/app")));
        Assert.Null(config.HelperFor(RepositoryName.Parse("registry.example.com/app")));
        Assert.Equal("desktop", config.DefaultHelper);
        Assert.Equal("https://index.docker.io/v1/", DockerConfig.ServerName(RepositoryName.Parse("alpine")));
        Assert.Equal("a.example:5000", DockerConfig.ServerName(RepositoryName.Parse("a.example:5000/x")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"auths\":[]}")]
    [InlineData("{\"auths\":{\"a.example\":{\"auth\":\"c2VjcmV0\"}}}")]
    [InlineData("{\"auths\":{\"a.example\":{\"auth\":\"s3cr3t!!\"}}}")]
    [InlineData("{\"auths\":{\"a.example\":{\"auth\":s3cr3t!!}}}")]
    [InlineData("{\"credHelpers\":{\"a.example\":7}}")]
    public void Parse_MalformedFile_IsRefusedWithoutShowingIt(string text)
    {
        var refusal = Refusal.Of(TrustError.LocalFile, () => Parse(text));
        Assert.DoesNotContain("s3cr3t", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FileOverTheLimit_IsRefused() =>
        Refusal.Of(TrustError.LocalFile, () => Parse("{}".PadRight(RegistryLimits.MaxCredentialFileBytes + 1)));

    [Fact]
    public void Parse_MutatedFile_IsReadOrRefused() => Property.ForAll(3000, random =>
    {
        var text = Mutation.Of(Sample, random);
        if (Refusal.IsAccepted(() => Parse(text)))
            _ = Parse(text).CredentialFor(RepositoryName.Parse("registry.example.com/team/app"));
    });

    private static DockerConfig Parse(string text) => DockerConfig.Parse(Encoding.UTF8.GetBytes(text));
}
