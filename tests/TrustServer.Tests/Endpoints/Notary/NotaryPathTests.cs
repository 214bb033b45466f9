using TrustService.Server.Endpoints.Notary;

namespace TrustService.Server.Tests.Endpoints.Notary;

public sealed class NotaryPathTests
{
    private static readonly string Checksum = new('a', 64);

    [Theory]
    [InlineData("/v2/", nameof(NotaryResource.Ping), null)]
    [InlineData("/v2/_trust/changefeed", nameof(NotaryResource.AllChanges), null)]
    [InlineData("/v2/a/_trust/changefeed", nameof(NotaryResource.Changes), "a")]
    [InlineData("/v2/a/b/_trust/tuf/", nameof(NotaryResource.MetadataSet), "a/b")]
    [InlineData("/v2/h:5000/a/_trust/tuf/root.json", nameof(NotaryResource.MetadataFile), "h:5000/a")]
    [InlineData("/v2/UPPER/_trust-like/x/_trust/tuf/timestamp.json", nameof(NotaryResource.MetadataFile), "UPPER/_trust-like/x")]
    [InlineData("/v2/a/_trust/tuf/targets/_trust/tuf/root.json", nameof(NotaryResource.MetadataFile), "a/_trust/tuf/targets")]
    [InlineData("/v2/a/_trust/tuf/targets/_trust/tuf/x.json", nameof(NotaryResource.MetadataFile), "a")]
    [InlineData("/v2/a/_trust/tuf/snapshot.key", nameof(NotaryResource.OnlineKey), "a")]
    [InlineData("/v2/a/_trust/tuf/timestamp.key", nameof(NotaryResource.OnlineKey), "a")]
    [InlineData("/v2/a/_trust/tuf/root.key", nameof(NotaryResource.None), null)]
    [InlineData("/v2/a/_trust/tuf/targets.key", nameof(NotaryResource.None), null)]
    [InlineData("/v2/a/_trust/tuf", nameof(NotaryResource.None), null)]
    [InlineData("/v2/_trust/tuf/root.json", nameof(NotaryResource.None), null)]
    [InlineData("/v2/a*b/_trust/tuf/root.json", nameof(NotaryResource.None), null)]
    [InlineData("/v2/a/_trust/tuf/other.json", nameof(NotaryResource.None), null)]
    [InlineData("/v2", nameof(NotaryResource.None), null)]
    [InlineData("/V2/", nameof(NotaryResource.None), null)]
    public void Path_OfEveryKind_NamesResourceAndRepository(string path, string resource, string? gun)
    {
        var parsed = NotaryPath.Parse(path);

        Assert.Equal(resource, parsed.Resource.ToString());
        Assert.Equal(gun, parsed.Repository?.Value);
    }

    [Theory]
    [InlineData("root.json", "root", null, null)]
    [InlineData("targets/a/b.json", "targets/a/b", null, null)]
    [InlineData("01.root.json", "root", 1L, null)]
    [InlineData("0.root.json", "root", 0L, null)]
    [InlineData("99999999999999999999.root.json", "root", 0L, null)]
    [InlineData("12.targets/releases.json", "targets/releases", 12L, null)]
    [InlineData("targets/v1.2.json", "targets/v1.2", null, null)]
    public void FileName_OfARole_IsRead(string text, string role, long? version, string? checksum)
    {
        Assert.True(NotaryFileName.TryParse(text, out var name));
        Assert.Equal((role, version, checksum), (name.Role.Value, name.Version, name.Sha256));
    }

    [Fact]
    public void FileName_WithChecksum_IsReadBeforeADottedRole()
    {
        Assert.True(NotaryFileName.TryParse($"targets/a.{Checksum}.json", out var name));
        Assert.Equal(("targets/a", Checksum), (name.Role.Value, name.Sha256));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("rooty.json")]
    [InlineData("targets/.json")]
    [InlineData("targets/a b.json")]
    [InlineData("-1.root.json")]
    [InlineData("1.2.root.json")]
    [InlineData("snapshot/a.json")]
    public void FileName_OfNoRole_IsNone(string text) => Assert.False(NotaryFileName.TryParse(text, out _));

    [Theory]
    [InlineData("/v2//a/_trust/tuf/", "/v2/a/_trust/tuf/")]
    [InlineData("/v2/a/./b", "/v2/a/b")]
    [InlineData("/v2/a/../../b", "/b")]
    [InlineData("/v2/a/..", "/v2")]
    [InlineData("//evil.example/", "/evil.example/")]
    [InlineData("/", "/")]
    public void Clean_OddPath_HasNoEmptyOrDottedPart(string path, string clean) => Assert.Equal(clean, NotaryPath.Clean(path));

    [Fact]
    public void Error_WithALongText_StaysReadableForClients()
    {
        foreach (var text in (string[])[new string('x', 5000), new string('"', 3000), new string('é', 4000), string.Concat(Enumerable.Repeat("👩‍👩‍👧", 500)), "\ud800" + new string('x', 2000)])
        {
            foreach (var error in (NotaryError[])[NotaryError.InvalidUpdate("ErrBadTargets", text), NotaryError.InvalidRole(text), NotaryError.NotFound(text)])
            {
                var body = error.ToBody();

                Assert.InRange(body.Length, 500, NotaryError.MaxBytes);
                Assert.Single(System.Text.Json.Nodes.JsonNode.Parse(body)!["errors"]!.AsArray());
            }
        }
    }
}
