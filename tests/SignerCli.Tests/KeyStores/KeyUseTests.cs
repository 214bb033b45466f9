using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.KeyStores;

public sealed class KeyUseTests
{
    [Fact]
    public async Task List_KeysThatSigned_SayWhenAndOthersSayNever()
    {
        await using var world = await SigningWorld.WithRepositoryAsync();
        world.Owner.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        Assert.Equal(0, (await world.Owner.RunAsync("key", "generate", "unused")).ExitCode);
        var begun = world.Time.GetUtcNow();
        world.Time.Now = begun.AddHours(1);

        Assert.Equal(0, (await world.SignAsync("1.0")).ExitCode);

        var keys = (await world.Owner.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray().ToList();
        Assert.Equal(begun, UseOf(keys, "root"));
        Assert.Equal(begun.AddHours(1), UseOf(keys, "targets"));
        var unused = Assert.Single(keys, key => key.GetProperty("roles").GetArrayLength() == 0);
        Assert.Equal(JsonValueKind.Null, unused.GetProperty("lastUsed").ValueKind);
        Assert.Equal(JsonValueKind.Null, unused.GetProperty("backedUp").ValueKind);
    }

    [Fact]
    public async Task List_KeyThatSignedAsADelegatedRole_SaysWhereItMaySign()
    {
        await using var world = await SigningWorld.WithRepositoryAsync();
        var ci = world.NewMachine();
        ci.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "p";
        Assert.Equal(0, (await ci.RunAsync("key", "generate", "ci")).ExitCode);
        var known = ci.WriteFile("ci.pub", (await ci.RunAsync("key", "export", "ci")).Results);
        Assert.Equal(0, (await world.Owner.RunAsync("signer", "add", "ci", "--key", known, SigningWorld.Repository, "-y")).ExitCode);
        var root = (await world.Owner.RunAsync("root", "export", SigningWorld.Repository)).Results;

        var signed = await ci.RunAsync("sign", world.Layout("image", "content"), "--as", $"{SigningWorld.Repository}:1.0", "-y", "--root", ci.WriteFile("root.json", root));

        Assert.True(signed.ExitCode == 0, signed.Messages);
        var key = Assert.Single((await ci.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray());
        Assert.Equal("ci", Assert.Single(key.GetProperty("roles").EnumerateArray()).GetString());
        Assert.Equal(SigningWorld.Repository, Assert.Single(key.GetProperty("repositories").EnumerateArray()).GetString());
    }

    private static DateTimeOffset UseOf(List<JsonElement> keys, string role) =>
        Assert.Single(keys, key => key.GetProperty("roles").EnumerateArray().Any(name => name.GetString() == role)).GetProperty("lastUsed").GetDateTimeOffset();
}
