using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Backups;

/// <summary>The recipes of docs/keys.md, as its readers follow them.</summary>
public sealed class RecipeTests
{
    [Theory]
    [InlineData("tuf")]
    [InlineData("notary")]
    public async Task MachineIsLost_RestoreAndRotate_GoesOnForThoseWhoTrustRoot1(string format)
    {
        await using var world = await SigningWorld.StartAsync();
        var owner = world.Owner;
        owner.Environment["SIGNER_BACKUP_PASSPHRASE"] = "the backup's own passphrase";
        var safe = Path.Combine(owner.Root, "safe");
        Directory.CreateDirectory(safe);
        var (backup, root) = (Path.Combine(safe, "keys.backup"), Path.Combine(safe, "root.json"));
        await DoAsync(owner, "init", SigningWorld.Repository, "--format", format);
        File.WriteAllText(root, (await DoAsync(owner, "root", "export", SigningWorld.Repository)).Results);
        await DoAsync(owner, "key", "backup", "--all", "--out", backup);
        Assert.Equal(0, (await world.SignAsync("1.0")).ExitCode);
        var stolen = File.ReadAllBytes(Directory.GetFiles(owner.Keys, "targets-*.pem").Single());

        Directory.Delete(owner.Home, recursive: true);
        await DoAsync(owner, "key", "drill", backup);
        await DoAsync(owner, "key", "restore", backup);
        await DoAsync(owner, "key", "rotate", "targets", SigningWorld.Repository, "--root", root, "-y");
        await DoAsync(owner, "key", "rotate", "root", SigningWorld.Repository, "--root", root, "-y");
        await DoAsync(owner, "sign", world.Layout("next", "next"), "--as", $"{SigningWorld.Repository}:2.0", "-y", "--root", root);

        var verifier = world.NewMachine();
        var pinned = verifier.WriteFile("root.json", File.ReadAllText(root));
        await DoAsync(verifier, "verify", $"{SigningWorld.Repository}:1.0", $"{SigningWorld.Repository}:2.0", "--no-registry", "--root", pinned);
        // Whoever has the machine signs nothing any more.
        var thief = world.NewMachine();
        thief.Environment["SIGNER_TARGETS_PASSPHRASE"] = "the targets passphrase";
        await File.WriteAllBytesAsync(Path.Combine(thief.Root, "stolen.pem"), stolen);
        var attempt = await thief.RunAsync("sign", world.Layout("evil", "evil"), "--as", $"{SigningWorld.Repository}:2.0", "-y", "--root", pinned, "--key", Path.Combine(thief.Root, "stolen.pem"), "-o", "json");
        Assert.Equal("key-not-found", attempt.ErrorCode);
    }

    private static async Task<SignerRun> DoAsync(SignerMachine machine, params string[] command)
    {
        var run = await machine.RunAsync(command);
        Assert.True(run.ExitCode == 0, $"signer {string.Join(' ', command)}\n{run.Messages}");
        return run;
    }
}
