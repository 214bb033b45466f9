using TrustService.Errors;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Oci;

public sealed class ImageReferenceTests
{
    private const string Sha = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest", "latest", true)]
    [InlineData("alpine:3.20", "docker.io/library/alpine:3.20", "3.20", false)]
    [InlineData("localhost:5000/x", "localhost:5000/x:latest", "latest", true)]
    [InlineData("host:5000/x:5000", "host:5000/x:5000", "5000", false)]
    [InlineData("[::1]:5000/x:v1", "[::1]:5000/x:v1", "v1", false)]
    [InlineData("a.io/x:t@" + Sha, "a.io/x:t@" + Sha, "t", false)]
    [InlineData("a.io/x@" + Sha, "a.io/x@" + Sha, null, false)]
    public void Parse_Reference_IsReadByDockersRules(string text, string full, string? tag, bool implied)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal(full, reference.ToString());
        Assert.Equal(tag, reference.Tag);
        Assert.Equal(implied, reference.TagIsImplied);
        Assert.Equal(text.Contains('@', StringComparison.Ordinal) ? Sha : null, reference.Digest?.ToString());
    }

    [Fact]
    public void Pinned_TagAndDigest_DropsTheTag() =>
        Assert.Equal("docker.io/library/alpine@" + Sha, ImageReference.Parse("alpine:3").Pinned(Digest.Parse(Sha)).ToString());

    [Theory]
    [InlineData("alpine:", TrustError.InvalidReference)]
    [InlineData("alpine:-x", TrustError.InvalidReference)]
    [InlineData("alpine:.x", TrustError.InvalidReference)]
    [InlineData("alpine:a b", TrustError.InvalidReference)]
    [InlineData("alpine:a:b", TrustError.InvalidReference)]
    [InlineData("alpine:a\n", TrustError.InvalidReference)]
    [InlineData("alpine:ü", TrustError.InvalidReference)]
    [InlineData("", TrustError.InvalidRepositoryName)]
    [InlineData(":tag", TrustError.InvalidRepositoryName)]
    [InlineData("alpine@sha256:00", TrustError.InvalidDigest)]
    [InlineData("alpine@", TrustError.InvalidDigest)]
    [InlineData("alpine@" + Sha + "@" + Sha, TrustError.InvalidDigest)]
    [InlineData("alpine@" + Sha + ":tag", TrustError.InvalidDigest)]
    public void Parse_MalformedReference_IsRefused(string text, TrustError error)
    {
        Refusal.Of(error, () => ImageReference.Parse(text));
        Assert.False(ImageReference.TryParse(text, out _));
    }

    [Fact]
    public void Parse_TagOf129Characters_IsRefused()
    {
        Assert.Equal(128, ImageReference.Parse("alpine:" + new string('a', 128)).Tag!.Length);
        Refusal.Of(TrustError.InvalidReference, () => ImageReference.Parse("alpine:" + new string('a', 129)));
        Refusal.Of(TrustError.InvalidReference, () => ImageReference.Parse(new string('a', 1_000_000)));
    }

    [Fact]
    public void Parse_MutatedReference_IsRefusedOrAFixedPoint() => Property.ForAll(5000, random =>
    {
        string[] starts = ["alpine:3.20", "registry.example.com:5000/team/app:1.0@" + Sha, "[::1]:5000/a/b@" + Sha];
        var text = Mutation.Of(starts[random.Next(starts.Length)], random);
        if (!Refusal.IsAccepted(() => ImageReference.Parse(text)))
            return;
        var full = ImageReference.Parse(text).ToString();
        Assert.Equal(full, ImageReference.Parse(full).ToString());
    });
}
