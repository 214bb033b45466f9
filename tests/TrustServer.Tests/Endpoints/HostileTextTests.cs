using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Security cases C: names, parsing and size.</summary>
public sealed class HostileTextTests : HostileUpload
{
    [Theory]
    [InlineData("/tuf/../../tmp/x/metadata/timestamp.json")]
    [InlineData("/tuf/a/../b/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/%2e%2e/%2e%2e/x/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/..%2f..%2fx/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/%252e%252e/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/a%2fb/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/..\\x/metadata/timestamp.json")]
    [InlineData("/tuf/C:x/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/a%00b/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/a./metadata/timestamp.json")]
    [InlineData("/tuf/example.com/A/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/a//b/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/%C3%A4/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/%ff/metadata/timestamp.json")]
    [InlineData("/tuf/example.com/%zz/metadata/timestamp.json")]
    [InlineData("/tuf/alpine/metadata/timestamp.json")]
    [InlineData("/tuf//metadata/timestamp.json")]
    [InlineData("/tuf/metadata/timestamp.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/..%2f..%2fsecret.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/01.root.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/0.root.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/-1.root.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/9007199254740993.root.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/99999999999999999999999.root.json")]
    [InlineData("/tuf/registry.example.com/team/app/metadata/targets.json")]
    public async Task Case27_OddNames_AreRefusedByOneGrammar(string target)
    {
        var (status, body) = await RawHttp.GetAsync(Server.Client.BaseAddress!, target);

        Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{status}");
        Assert.DoesNotContain("\"signed\"", body, StringComparison.Ordinal);
        Assert.Equal(["data"], Directory.GetFileSystemEntries(Server.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Case27_LongUrl_IsRefused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await RawHttp.GetAsync(Server.Client.BaseAddress!, $"/tuf/example.com/{new string('a', 5000)}/metadata/timestamp.json")).Status);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await RawHttp.GetAsync(Server.Client.BaseAddress!, $"/tuf/example.com/{new string('a', 20_000)}/metadata/timestamp.json")).Status);
    }

    [Theory]
    [InlineData("../root", TrustError.RoleNotListed)]
    [InlineData("targets/..", TrustError.RoleNotListed)]
    [InlineData("1.root", TrustError.RoleNotListed)]
    [InlineData("rооt", TrustError.RoleNotListed)]
    [InlineData("ROOT", TrustError.InvalidRoleName)]
    [InlineData("snapshot", TrustError.MalformedRequest)]
    [InlineData("timestamp.json", TrustError.MalformedRequest)]
    public async Task Case28_RoleNameOfAnUpload_NeverBecomesATopLevelFile(string role, TrustError error) =>
        await RefusedAsync(error, (role, Owner.TargetsFile(2)));

    [Theory]
    [InlineData("../root")]
    [InlineData("targets/..")]
    [InlineData("1.root")]
    [InlineData("rооt")]
    [InlineData("a b")]
    [InlineData("..")]
    public async Task Case28_DelegationToAnUnsafeName_IsRefused(string role)
    {
        var targets = Owner.Targets(2);
        Delegate(targets, role, 1, "*", Owner.NewKey());

        await RefusedAsync(TrustError.InvalidRoleName, ("targets", Sign(targets, Owner.TargetsKey)));
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("Targets")]
    [InlineData("")]
    public async Task Case28_DelegationToATopLevelName_IsRefused(string role)
    {
        var targets = Owner.Targets(2);
        Delegate(targets, role, 1, "*", Owner.NewKey());

        await RefusedAsync(TrustError.InvalidRoleName, ("targets", Sign(targets, Owner.TargetsKey)));
    }

    public static TheoryData<string, TrustError> BadJson() => new()
    {
        { """{"signed":{"version":1,"version":9},"signatures":[]}""", TrustError.MalformedJson },
        { """{"signed":{"version":NaN},"signatures":[]}""", TrustError.MalformedJson },
        { """{"signed":{"version":1.0},"signatures":[]}""", TrustError.MalformedJson },
        { "\uFEFF{}", TrustError.MalformedJson },
        { """{"signed":{} /* comment */}""", TrustError.MalformedJson },
        { """{"signed":{},}""", TrustError.MalformedJson },
        { """{"signed":{"a":"\ud800"},"signatures":[]}""", TrustError.MalformedJson },
        { """{"signed":{}} {"signed":{}}""", TrustError.MalformedJson },
        { "", TrustError.MalformedJson },
        { new string('[', 10_000) + new string(']', 10_000), TrustError.MalformedJson },
        { "[]", TrustError.MalformedMetadata },
        { """{"signed":null,"signatures":[]}""", TrustError.MalformedMetadata },
        { """{"signed":{"_type":null},"signatures":[]}""", TrustError.MalformedMetadata },
    };

    [Theory]
    [MemberData(nameof(BadJson))]
    public async Task Case30_Case33_WhatIsNoStrictJson_IsRefused(string text, TrustError error) =>
        await RefusedAsync(error, ("targets", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Case30_InvalidUtf8AndAMillionMembers_AreRefused()
    {
        await RefusedAsync(TrustError.MalformedJson, ("targets", [(byte)'"', 0xC3, 0x28, (byte)'"']));
        var many = new StringBuilder("{");
        for (var i = 0; i < 1_000_000; i++)
            many.Append(i == 0 ? "\"" : ",\"").Append(i).Append("\":0");
        await RefusedAsync(TrustError.TooLarge, ("targets", Encoding.UTF8.GetBytes(many.Append('}').ToString())));
    }

    [Theory]
    [InlineData("signatures")]
    [InlineData("signed.targets")]
    [InlineData("signed.expires")]
    [InlineData("signed.version")]
    [InlineData("signed.delegations")]
    public async Task Case33_NullMember_IsRefused(string path)
    {
        var file = JsonNode.Parse(Owner.TargetsFile(2))!;
        var parts = path.Split('.');
        (parts.Length == 1 ? file : file[parts[0]]!)[parts[^1]] = null;

        await RefusedAsync(TrustError.MalformedMetadata, ("targets", Encoding.UTF8.GetBytes(file.ToJsonString())));
    }

    [Fact]
    public async Task Case31_UnknownMembers_AreKeptByteForByteAndTheRepositoryGoesOn()
    {
        var targets = Owner.Targets(2, "1.0");
        targets["x-unknown"] = new JsonObject { ["ä"] = new JsonArray(1, "two", null) };
        targets["targets"]!["1.0"]!["custom"] = new JsonObject { ["note"] = "a\"b\\c\u0001" };
        var file = JsonNode.Parse(Sign(targets, Owner.TargetsKey))!;
        file["x-outside"] = true;
        var bytes = Encoding.UTF8.GetBytes(file.ToJsonString() + "\n ");

        await AcceptedAsync(("targets", bytes));

        Assert.Equal(bytes, await Server.Client.GetByteArrayAsync($"{Owner.MetadataPath}/2.targets.json"));
        Assert.Equal(3, (await AcceptedAsync(("targets", Owner.TargetsFile(3, "1.0"))))["targets"]);
    }
}
