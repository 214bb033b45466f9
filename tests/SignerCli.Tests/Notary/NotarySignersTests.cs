using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Notary;

/// <summary>Signers of a repository on the real <c>notary-server</c>, as its own client sees them.</summary>
public sealed class NotarySignersTests : IAsyncLifetime
{
    private const string Repository = NotaryWorld.Repository;
    private NotaryWorld world = null!;

    public async Task InitializeAsync() => world = await NotaryWorld.WithRepositoryAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Signers_AddedSigningAndRemoved_AreWhatTheNotaryClientReads()
    {
        var (alice, key) = await NewSignerAsync("alice");
        var (_, bob) = await NewSignerAsync("bob");
        var reader = world.NewClient();

        NotaryWorld.Succeeds(await world.Owner.RunAsync("signer", "add", "alice", "--key", key, "-y", Repository));
        NotaryWorld.Succeeds(await world.Owner.RunAsync("signer", "add", "bob", "--key", bob, "-y", Repository));
        var added = await reader.RunAsync("delegation", "list", Repository);
        var signed = NotaryWorld.Succeeds(await alice.RunAsync("sign", world.Layout("one"), "--as", $"{Repository}:1.0", "-y", "-o", "json"));
        var listed = await reader.RunAsync("list", Repository, "-r", "targets/releases");
        var shown = await world.Owner.RunAsync("inspect", Repository);
        NotaryWorld.Succeeds(await world.Owner.RunAsync("signer", "remove", "alice", "-y", Repository));
        var removed = await reader.RunAsync("delegation", "list", Repository);
        var after = await alice.RunAsync("sign", world.Layout("two"), "--as", $"{Repository}:2.0", "-y", "-o", "json");
        var parked = await world.Owner.RunAsync("cosign", Repository, "-y", "-o", "json");

        Assert.Contains("targets/alice", added, StringComparison.Ordinal);
        Assert.Contains("targets/releases", added, StringComparison.Ordinal);
        Assert.Contains("<all paths>", added, StringComparison.Ordinal);
        Assert.Contains(signed.Json[0].GetProperty("digest").GetString()!["sha256:".Length..], listed, StringComparison.Ordinal);
        Assert.Contains("Signers without anything here: bob (", shown.Results, StringComparison.Ordinal);
        Assert.DoesNotContain("targets/alice", removed, StringComparison.Ordinal);
        Assert.Contains("targets/bob", removed, StringComparison.Ordinal);
        Assert.Equal("key-not-found", after.ErrorCode);
        // This server keeps nothing for others to sign.
        Assert.NotEqual(0, parked.ExitCode);
    }

    private async Task<(SignerMachine Machine, string PublicKey)> NewSignerAsync(string name)
    {
        var machine = await world.NewVerifierAsync();
        _ = machine.AddQuickKey(name);
        var file = Path.Combine(world.Owner.Root, name + ".pub");
        NotaryWorld.Succeeds(await machine.RunAsync("key", "export", name, "--out", file));
        return (machine, file);
    }
}
