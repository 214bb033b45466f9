using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Backups;

/// <summary>Done-when of the backup drill: 3 of 5 shares restore a key that signs, 2 do not, a mistyped share is named.</summary>
public sealed class KeySharesTests : IAsyncLifetime, IDisposable
{
    private readonly SignerMachine machine = new();
    private readonly string pem;
    private string[] shares = [];

    public KeySharesTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Not encrypted: these tests are not about passphrases, and need not wait for their slowness.
        pem = key.ExportPkcs8PrivateKeyPem();
        machine.Environment["SIGNER_ROOT_PASSPHRASE"] = "the root passphrase";
    }

    public async Task InitializeAsync()
    {
        var run = await machine.RunAsync("key", "backup", machine.WriteFile("root.pem", pem), "--shares", "5", "--threshold", "3", "--out-dir", Path.Combine(machine.Root, "shares"), "-o", "json");
        shares = [.. run.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(4, 2, 0)]
    [InlineData(1, 3, 4)]
    public async Task Drill_AnyThreeOfFive_RestoreAKeyThatSigns(int first, int second, int third)
    {
        var run = await machine.RunAsync("key", "drill", shares[first], shares[second], shares[third], "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.True(Assert.Single(run.Json.EnumerateArray()).GetProperty("signs").GetBoolean());
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Fact]
    public async Task Backup_KeyOfARole_EveryShareNamesTheCommandThatRestoresItAsThat()
    {
        await machine.SucceedsAsync("key", "import", machine.WriteFile("vault.pem", pem), "--role", "root");
        var id = (await machine.RunAsync("key", "list", "-o", "json")).Json[0].GetProperty("keyid").GetString()!;
        var directory = Path.Combine(machine.Root, "of-root");

        await machine.SucceedsAsync("key", "backup", id, "--shares", "2", "--threshold", "2", "--out-dir", directory);

        var pages = Directory.GetFiles(directory).Order().ToArray();
        Assert.All(pages, page => Assert.Contains("signer key restore --role root FILE FILE", File.ReadAllText(page), StringComparison.Ordinal));
        await machine.SucceedsAsync("key", "rm", id, "-y");
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "another";
        var restored = await machine.SucceedsAsync("key", "restore", "--role", "root", pages[0], pages[1], "-o", "json");
        Assert.Equal("root", restored.Json[0].GetProperty("roles")[0].GetString());
        machine.Environment.Remove("SIGNER_DELEGATION_PASSPHRASE");
        await machine.SucceedsAsync("key", "certificate", id, "registry.example.com/team/app");
    }

    [Fact]
    public async Task Restore_SharesWithoutARole_SaysWhichPassphraseItTakes_AndARoleCanBeGivenLater()
    {
        machine.Environment["SIGNER_DELEGATION_PASSPHRASE"] = "another";

        var restored = await machine.SucceedsAsync("key", "restore", shares[0], shares[1], shares[2]);
        var again = await machine.SucceedsAsync("key", "restore", shares[0], shares[1], shares[2], "--role", "root", "-o", "json");

        Assert.Contains("--role root makes it a root key", restored.Messages, StringComparison.Ordinal);
        Assert.Contains("SIGNER_DELEGATION_PASSPHRASE", restored.Messages, StringComparison.Ordinal);
        Assert.Equal("root", again.Json[0].GetProperty("roles")[0].GetString());
    }

    [Fact]
    public async Task Restore_ThreeOfFive_IsTheKeyAndSignsARepository()
    {
        await using var world = await SigningWorld.StartAsync();

        var restored = await world.Owner.RunAsync("key", "restore", shares[1], shares[3], shares[4], "--role", "root", "--label", "vault", "-o", "json");
        var begun = await world.Owner.RunAsync("init", SigningWorld.Repository, "--root-key", "vault");

        Assert.Equal(0, restored.ExitCode);
        Assert.True(begun.ExitCode == 0, begun.Messages);
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        Assert.Equal(key.ExportSubjectPublicKeyInfoPem(), (await world.Owner.RunAsync("key", "export", "vault")).Results.Trim());
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, restored.Json[0].GetProperty("backedUp").ValueKind);
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("drill")]
    public async Task Restore_TwoOfFive_SaysWhichAreHereAndKeepsNothing(string command)
    {
        var run = await machine.RunAsync("key", command, shares[1], shares[4], "-o", "json");

        Assert.Equal("invalid-backup", run.ErrorCode);
        Assert.Contains("3 of the 5 shares are needed", run.Messages, StringComparison.Ordinal);
        Assert.Contains("2, 5", run.Messages, StringComparison.Ordinal);
        Assert.False(Directory.Exists(machine.Keys));
    }

    [Fact]
    public async Task Backup_ShareThatCannotBeWritten_LeavesNoneOfTheSet()
    {
        var directory = Path.Combine(machine.Root, "others");
        string[] backup = ["key", "backup", machine.WriteFile("other.pem", pem), "--shares", "5", "--threshold", "3", "--out-dir", directory, "-o", "json"];
        var third = Path.Combine(directory, Path.GetFileName(shares[2]));
        Directory.CreateDirectory(third);

        var failed = await machine.RunAsync(backup);
        var left = Directory.GetFiles(directory);
        Directory.Delete(third);
        var again = await machine.RunAsync(backup);

        Assert.Equal("local-file", failed.ErrorCode);
        Assert.Empty(left);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(5, Directory.GetFiles(directory).Length);
    }

    [Fact]
    public async Task Restore_OneShareTwice_CountsOnce() =>
        Assert.Equal("invalid-backup", (await machine.RunAsync("key", "drill", shares[0], shares[0], shares[1], "-o", "json")).ErrorCode);

    [Fact]
    public async Task Restore_MistypedShare_IsNamedWithItsLine()
    {
        Edit(shares[3], lines => lines[^2] = Mistyped(lines[^2]));

        var run = await machine.RunAsync("key", "restore", shares[0], shares[3], shares[4], "-o", "json");

        Assert.Equal("invalid-backup", run.ErrorCode);
        Assert.Contains("Line 3 of share 4 is mistyped", run.Messages, StringComparison.Ordinal);
        Assert.Contains(shares[3], run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_LineMissing_IsNamed()
    {
        Edit(shares[2], lines => lines.RemoveAt(lines.Count - 1));

        var run = await machine.RunAsync("key", "restore", shares[0], shares[2], shares[4], "-o", "json");

        Assert.Equal("invalid-backup", run.ErrorCode);
        Assert.Contains("Line 4 of share 3 is missing", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_SharesOfTwoBackups_AreNotMixed()
    {
        var others = Path.Combine(machine.Root, "others");
        Assert.Equal(0, (await machine.RunAsync("key", "backup", Path.Combine(machine.Root, "root.pem"), "--shares", "5", "--threshold", "3", "--out-dir", others)).ExitCode);

        var run = await machine.RunAsync("key", "drill", shares[0], shares[1], Directory.GetFiles(others, "*-3-of-5.txt").Single(), "-o", "json");

        Assert.Equal("invalid-backup", run.ErrorCode);
        Assert.Contains("not made together", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drill_TypedShares_AreCheckedLineByLine()
    {
        var typed = shares.Take(3).SelectMany(File.ReadAllLines).Where(line => line.Length > 0 && line[0] != '#').ToList();
        typed.Insert(1, Mistyped(typed[1]).ToLowerInvariant());
        machine.Terminal.Answer([.. typed]);

        var run = await machine.RunAsync("key", "drill", "-o", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Line 2 of share 1 is mistyped. Type that line again", run.Messages, StringComparison.Ordinal);
        Assert.Equal(typed.Count, machine.Terminal.Questions.Count);
    }

    [Fact]
    public async Task Backup_OlderShareIsThere_WritesNoneOfTheSet()
    {
        foreach (var share in shares.Where((_, index) => index != 3))
            File.Delete(share);

        var run = await machine.RunAsync("key", "backup", Path.Combine(machine.Root, "root.pem"), "--shares", "5", "--threshold", "3", "--out-dir", Path.Combine(machine.Root, "shares"), "-o", "json");

        Assert.Equal("already-exists", run.ErrorCode);
        Assert.Equal(shares[3], Assert.Single(Directory.GetFiles(Path.Combine(machine.Root, "shares"))));
    }

    [Theory]
    [InlineData("--shares", "5", "--threshold", "6")]
    [InlineData("--shares", "5", "--threshold", "1")]
    [InlineData("--shares", "1")]
    [InlineData("--shares", "65")]
    public async Task Backup_ImpossibleNumbers_AreRefused(params string[] numbers) =>
        Assert.Equal("usage", (await machine.RunAsync(["key", "backup", Path.Combine(machine.Root, "root.pem"), "--out-dir", Path.Combine(machine.Root, "none"), .. numbers, "-o", "json"])).ErrorCode);

    private static string Mistyped(string line) => $"{line[..7]}{(line[7] == 'A' ? 'B' : 'A')}{line[8..]}";

    private static void Edit(string file, Action<List<string>> change)
    {
        var lines = File.ReadAllLines(file).ToList();
        change(lines);
        File.WriteAllLines(file, lines);
    }
}
