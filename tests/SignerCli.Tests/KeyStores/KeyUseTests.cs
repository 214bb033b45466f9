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

    private static DateTimeOffset UseOf(List<JsonElement> keys, string role) =>
        Assert.Single(keys, key => key.GetProperty("roles").EnumerateArray().Any(name => name.GetString() == role)).GetProperty("lastUsed").GetDateTimeOffset();
}
