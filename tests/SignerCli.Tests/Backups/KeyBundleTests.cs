using System.Text.Json;
using TrustService.Cli.Tests.Support;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Backups;

public sealed class KeyBundleTests : IDisposable
{
    private readonly SignerMachine machine = new() { Time = new FixedTime() };

    public KeyBundleTests()
    {
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "the root passphrase";
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "another passphrase";
        machine.Environment["SIGNER_BACKUP_PASSPHRASE"] = "the backup's own passphrase";
    }

    private string Bundle => Path.Combine(machine.Root, "keys.backup");

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task Restore_AfterTheDiskIsLost_BringsEveryKeyBackAsItWas()
    {
        await MakeAsync();
        var before = await ListAsync();
        Assert.All(before, key => Assert.Equal(FixedTime.Start, key.GetProperty("backedUp").GetDateTimeOffset()));
        Directory.Delete(machine.Keys, recursive: true);

        var restored = await machine.RunAsync("key", "restore", Bundle);
        var again = await machine.RunAsync("key", "restore", Bundle);

        Assert.True(restored.ExitCode == 0, restored.Messages);
        var after = await ListAsync();
        Assert.Equal(before.Select(Essence), after.Select(Essence));
        // The passphrase of each key is that of its role again.
        Assert.Equal(0, (await machine.RunAsync("key", "backup", "vault", "--shares", "2", "--out-dir", Path.Combine(machine.Root, "shares"))).ExitCode);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("in the key store already", again.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drill_Bundle_TouchesNothingButTheDate()
    {
        await MakeAsync();
        var files = Directory.GetFiles(machine.Keys, "*.pem").ToDictionary(file => file, File.ReadAllText);
        ((FixedTime)machine.Time).Now = FixedTime.Start.AddDays(30);
        machine.Environment.Remove("SIGNER_ROOT_PASSPHRASE");
        machine.Environment.Remove("SIGNER_DELEGATION_PASSPHRASE");

        var run = await machine.RunAsync("key", "drill", Bundle, "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Json.GetArrayLength());
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllText(file.Key)));
        Assert.All(await ListAsync(), key => Assert.Equal(FixedTime.Start.AddDays(30), key.GetProperty("drilled").GetDateTimeOffset()));
        machine.Environment["SIGNER_BACKUP_PASSPHRASE"] = "a guess";
        Assert.Equal("wrong-passphrase", (await machine.RunAsync("key", "drill", Bundle, "-o", "json")).ErrorCode);
    }

    [Fact]
    public async Task Restore_LabelIsTaken_KeepsTheKeyWithoutIt()
    {
        await MakeAsync();
        Directory.Delete(machine.Keys, recursive: true);
        Assert.Equal(0, (await machine.RunAsync("key", "generate", "vault")).ExitCode);

        Assert.Equal("usage", (await machine.RunAsync("key", "restore", Bundle, "--label", "both", "-o", "json")).ErrorCode);
        var restored = await machine.RunAsync("key", "restore", Bundle);

        Assert.True(restored.ExitCode == 0, restored.Messages);
        Assert.Contains("gets no label", restored.Messages, StringComparison.Ordinal);
        Assert.Equal(3, (await ListAsync()).Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"kind\":\"signer-key-backup\",\"version\":2}")]
    [InlineData("{\"kind\":\"signer-key-backup\",\"version\":1,\"rounds\":600000,\"salt\":\"AA==\",\"nonce\":\"AA==\",\"content\":\"AA==\"}")]
    [InlineData("{\"kind\":\"signer-key-backup\",\"version\":1,\"rounds\":9000000,\"salt\":\"AA==\",\"nonce\":\"AAAAAAAAAAAAAAAA\",\"content\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}")]
    [InlineData("{\"kind\":1}")]
    [InlineData("{")]
    [InlineData("no backup")]
    [InlineData("")]
    public async Task Drill_DamagedFile_IsRefused(string content) =>
        Assert.Equal("invalid-backup", (await machine.RunAsync("key", "drill", machine.WriteFile("damaged", content), "-o", "json")).ErrorCode);

    [Theory]
    [InlineData()]
    [InlineData("--all", "vault", "--out", "x")]
    [InlineData("--all")]
    [InlineData("--all", "--shares", "5", "--out-dir", "x")]
    public async Task Backup_WhatOrWhereIsNotSaid_IsRefused(params string[] arguments) =>
        Assert.Equal("usage", (await machine.RunAsync(["key", "backup", .. arguments, "-o", "json"])).ErrorCode);

    [Fact]
    public async Task Drill_NoFileAndNoTerminal_IsRefused() =>
        Assert.Equal("usage", (await machine.RunAsync("key", "drill", "-o", "json")).ErrorCode);

    private static string Essence(JsonElement key) =>
        $"{key.GetProperty("keyid")} {key.GetProperty("label")} {key.GetProperty("roles")} {key.GetProperty("created")} {Path.GetFileName(key.GetProperty("file").GetString())}";

    private async Task MakeAsync()
    {
        Assert.Equal(0, (await machine.RunAsync("key", "generate", "vault", "--role", "root")).ExitCode);
        Assert.Equal(0, (await machine.RunAsync("key", "generate", "ci", "--type", "ed25519")).ExitCode);
        var run = await machine.RunAsync("key", "backup", "--all", "--out", Bundle);
        Assert.True(run.ExitCode == 0, run.Messages);
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(Bundle), StringComparison.Ordinal);
        Assert.DoesNotContain("passphrase", machine.Transcript.ToString(), StringComparison.Ordinal);
    }

    private async Task<List<JsonElement>> ListAsync() => [.. (await machine.RunAsync("key", "list", "-o", "json")).Json.EnumerateArray()];
}
