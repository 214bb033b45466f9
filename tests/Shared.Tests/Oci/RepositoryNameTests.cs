using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Oci;

public sealed class RepositoryNameTests
{
    [Theory]
    [InlineData("alpine", "docker.io/library/alpine")]
    [InlineData("user/app", "docker.io/user/app")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine")]
    [InlineData("index.docker.io/library/alpine", "docker.io/library/alpine")]
    [InlineData("registry-1.docker.io/user/app", "docker.io/user/app")]
    [InlineData("Docker.IO/alpine", "docker.io/library/alpine")]
    [InlineData("localhost/app", "localhost/app")]
    [InlineData("LocalHost/app", "localhost/app")]
    [InlineData("localhost:5000/a/b_c/d__e/f-g.h", "localhost:5000/a/b_c/d__e/f-g.h")]
    [InlineData("Registry.Example.com:443/team/app", "registry.example.com:443/team/app")]
    [InlineData("127.0.0.1:5000/app", "127.0.0.1:5000/app")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("[FD00::1]/app", "[fd00::1]/app")]
    public void Parse_ShortOrFullName_IsNormalised(string text, string full)
    {
        var name = RepositoryName.Parse(text);

        Assert.Equal(full, name.Value);
        Assert.Equal(name, RepositoryName.ParseCanonical(full));
        Assert.Equal($"{name.Host}/{name.Path}", name.Value);
    }

    [Theory]
    [InlineData("alpine", "registry-1.docker.io")]
    [InlineData("example.com/app", "example.com")]
    public void ApiHost_OfRegistry_IsWhereItsApiAnswers(string text, string host) =>
        Assert.Equal(host, RepositoryName.Parse(text).ApiHost);

    [Theory]
    [InlineData("../../tmp/x")]
    [InlineData("example.com/a/../b")]
    [InlineData("example.com/./b")]
    [InlineData("example.com/...")]
    [InlineData("example.com/%2e%2e/b")]
    [InlineData("example.com/a%2fb")]
    [InlineData("..\\x")]
    [InlineData("example.com\\app")]
    [InlineData("C:x")]
    [InlineData("C:/x")]
    [InlineData("example.com/a\0b")]
    [InlineData("example.com/a\n")]
    [InlineData("example.com/app.")]
    [InlineData("example.com./app")]
    [InlineData("example.com/app/")]
    [InlineData("example.com//app")]
    [InlineData("/app")]
    [InlineData("example.com/")]
    [InlineData("")]
    [InlineData("CON")]
    [InlineData("example.com/App")]
    [InlineData("example.com/-app")]
    [InlineData("example.com/a___b")]
    [InlineData("example.com/a:b")]
    [InlineData("example.com/\u0430pp")]
    [InlineData("exam\u212Ale.com/app")]
    [InlineData("example\uFF0Ecom/app")]
    [InlineData("example.com:0/app")]
    [InlineData("example.com:0443/app")]
    [InlineData("example.com:65536/app")]
    [InlineData("example.com:/app")]
    [InlineData("-example.com/app")]
    [InlineData("exa_mple.com/app")]
    [InlineData("[::1/app")]
    [InlineData("[1::2::3]/app")]
    [InlineData("[12345::]/app")]
    [InlineData("[1:2]/app")]
    [InlineData("user:secret@example.com/app")]
    [InlineData("http://example.com/app")]
    public void Case27_HostileName_IsRefusedByTheOneGrammar(string text)
    {
        Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.Parse(text));
        Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.ParseCanonical(text));
        Assert.False(RepositoryName.TryParse(text, out _));
    }

    [Fact]
    public void Case27_LongName_IsRefusedAfterNormalisationToo()
    {
        Assert.Equal(255, RepositoryName.Parse("a.io/" + new string('a', 250)).Value.Length);
        Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.Parse("a.io/" + new string('a', 251)));
        Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.Parse(new string('a', 250)));
    }

    [Fact]
    public void Case27_FileName_NeverHoldsTheRawName() => Property.ForAll(500, random =>
    {
        var text = Mutation.Of("registry.example.com/team/app", random);
        if (RepositoryName.TryParse(text, out var name))
            Assert.Matches(@"\A[0-9a-f]{64}\z", name.FileName);
    });

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine")]
    [InlineData("index.docker.io/library/alpine", "docker.io/library/alpine")]
    [InlineData("Example.com/app", "example.com/app")]
    public void Case46_ParseCanonical_OtherSpelling_IsRefusedWithTheFullName(string text, string full)
    {
        var refusal = Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.ParseCanonical(text));

        Assert.Contains(full, refusal.Hint, StringComparison.Ordinal);
        Assert.False(RepositoryName.TryParseCanonical(text, out _));
    }

    [Theory]
    [InlineData("docker.io.evil.com/library/alpine")]
    [InlineData("docker.io:443/library/alpine")]
    [InlineData("evil.com/docker.io/library/alpine")]
    [InlineData("docker-io/library/alpine")]
    public void Case46_LookAlike_StaysAnotherRepository(string text) =>
        Assert.NotEqual(RepositoryName.Parse("alpine"), RepositoryName.Parse(text));

    [Theory]
    [InlineData("ALPINE")]
    [InlineData("docker.io/ALPINE")]
    [InlineData("alpine/")]
    [InlineData("docker\u3002io/alpine")]
    public void Case46_OtherWriting_IsRefused(string text) =>
        Refusal.Of(TrustError.InvalidRepositoryName, () => RepositoryName.Parse(text));

    [Fact]
    public void Parse_MutatedName_IsRefusedOrAFixedPoint() => Property.ForAll(5000, random =>
    {
        string[] starts = ["alpine", "registry.example.com:5000/team/app", "[::1]:5000/a/b", "index.docker.io/user/app"];
        var text = Mutation.Of(starts[random.Next(starts.Length)], random);
        if (!Refusal.IsAccepted(() => RepositoryName.Parse(text)))
            return;
        var name = RepositoryName.Parse(text);
        Assert.Equal(name, RepositoryName.ParseCanonical(name.Value));
        Assert.True(Uri.TryCreate($"https://{name.ApiHost}/v2/{name.Path}/", UriKind.Absolute, out var uri));
        Assert.Equal($"/v2/{name.Path}/", uri.AbsolutePath);
    });
}
