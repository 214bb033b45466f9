using System.Text.Json;
using TrustService.Cli.Tests.Support;

namespace TrustService.Cli.Tests.Notary;

public sealed class NotaryVerifyTests : IAsyncLifetime
{
    private const string Repository = NotaryWorld.Repository;
    private static readonly string Digest = new('a', 64);
    private NotaryWorld world = null!;

    public async Task InitializeAsync() => world = await NotaryWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Verify_ReleasesComesBeforeTargets_AndOthersNeverCount()
    {
        var (owner, verifier) = await WithDelegatesAsync();
        await AddAsync(owner, "1.0", new string('b', 64), "targets");
        await AddAsync(owner, "1.0", Digest, "targets/releases");
        await AddAsync(owner, "2.0", Digest, "targets");
        await AddAsync(owner, "3.0", Digest, "targets/alice");

        var released = await VerifyAsync(verifier, "1.0");
        var plain = await VerifyAsync(verifier, "2.0");
        var foreign = await VerifyAsync(verifier, "3.0");

        Assert.Equal(("targets/releases", $"sha256:{Digest}"), (RoleOf(released), released.Json[0].GetProperty("digest").GetString()));
        Assert.Equal("targets", RoleOf(plain));
        Assert.Equal((10, "not-signed"), (foreign.ExitCode, foreign.ErrorCode));
        Assert.Contains("is signed by targets/alice only", foreign.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DelegateWhoWasRemoved_CountsNoMore()
    {
        var (owner, verifier) = await WithDelegatesAsync();
        await AddAsync(owner, "1.0", Digest, "targets/releases");
        NotaryWorld.Succeeds(await VerifyAsync(verifier, "1.0"));

        await owner.RunAsync("delegation", "remove", "-p", Repository, "targets/releases", "-y");
        var removed = await VerifyAsync(verifier, "1.0");

        Assert.Equal((10, "not-signed"), (removed.ExitCode, removed.ErrorCode));
    }

    // The file that was signed with it is still there, and holds no more: it is left out, and that is said.
    [Fact]
    public async Task Verify_KeyOfADelegateWasReplaced_LeavesTheRoleOutAndSaysSo()
    {
        var (owner, verifier) = await WithDelegatesAsync();
        await AddAsync(owner, "1.0", Digest, "targets/releases");
        var key = (await owner.RunAsync("delegation", "list", Repository)).Split('\n').Single(line => line.StartsWith("targets/releases", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        var (other, _) = SignerCertificate.New("other");
        await owner.RunAsync("delegation", "add", "-p", Repository, "targets/releases", owner.Write("other.crt", other), "--all-paths");
        await owner.RunAsync("delegation", "remove", "-p", Repository, "targets/releases", key, "-y");

        var run = await VerifyAsync(verifier, "1.0");

        Assert.Equal((10, "not-signed"), (run.ExitCode, run.ErrorCode));
        Assert.Contains("targets/releases is left out", run.Messages, StringComparison.Ordinal);
        Assert.Contains("targets/releases is left out", run.Json[0].GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_RootWithACertificateOfAnotherRepository_IsRefused()
    {
        var (_, verifier) = await WithDelegatesAsync();
        var root = await verifier.RunAsync("root", "export", Repository);

        var run = await verifier.RunAsync("verify", "--no-registry", "registry.example.com/team/other:1.0", "--root", verifier.WriteFile("root.json", root.Results), "-o", "json");

        Assert.Equal((11, "wrong-repository"), (run.ExitCode, run.ErrorCode));
    }

    [Fact]
    public async Task Verify_AnotherCertificateIsPinned_IsRefused()
    {
        await WithDelegatesAsync();

        var run = await world.NewMachine().RunAsync("verify", "--no-registry", $"{Repository}:1.0", "--root", $"cert:{new string('0', 64)}", "-o", "json");

        Assert.Equal((11, "root-mismatch"), (run.ExitCode, run.ErrorCode));
    }

    [Fact]
    public async Task Verify_ServerWentBackToAnOlderState_IsRefused()
    {
        var (owner, verifier) = await WithDelegatesAsync();
        await using var old = await StaticNotaryServer.CopyAsync(world.Url, Repository, "targets/releases");
        await AddAsync(owner, "1.0", Digest, "targets/releases");
        NotaryWorld.Succeeds(await VerifyAsync(verifier, "1.0"));

        verifier.Environment["SIGNER_SERVER"] = old.Url;
        var run = await VerifyAsync(verifier, "1.0");

        Assert.Equal((11, "version-rollback"), (run.ExitCode, run.ErrorCode));
    }

    [Fact]
    public async Task Inspect_FormatDocker_IsWhatDockerPrints()
    {
        var (owner, verifier) = await WithDelegatesAsync();
        await AddAsync(owner, "1.10", Digest, "targets/releases");
        await AddAsync(owner, "1.10", Digest, "targets/alice");
        await AddAsync(owner, "1.9", Digest, "targets");
        await AddAsync(owner, "2.0", Digest, "targets/alice");
        var root = JsonDocument.Parse((await verifier.RunAsync("root", "export", Repository)).Results).RootElement.GetProperty("signed").GetProperty("roles");
        var alice = (await owner.RunAsync("delegation", "list", Repository)).Split('\n').Single(line => line.StartsWith("targets/alice", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];

        var run = NotaryWorld.Succeeds(await verifier.RunAsync("inspect", "--format", "docker", Repository));

        Assert.Equal(
            $$"""
            [
                {
                    "Name": "{{Repository}}",
                    "SignedTags": [
                        {
                            "SignedTag": "1.9",
                            "Digest": "{{Digest}}",
                            "Signers": [
                                "Repo Admin"
                            ]
                        },
                        {
                            "SignedTag": "1.10",
                            "Digest": "{{Digest}}",
                            "Signers": [
                                "alice"
                            ]
                        }
                    ],
                    "Signers": [
                        {
                            "Name": "alice",
                            "Keys": [
                                {
                                    "ID": "{{alice}}"
                                }
                            ]
                        }
                    ],
                    "AdministrativeKeys": [
                        {
                            "Name": "Root",
                            "Keys": [
                                {
                                    "ID": "{{root.GetProperty("root").GetProperty("keyids")[0].GetString()}}"
                                }
                            ]
                        },
                        {
                            "Name": "Repository",
                            "Keys": [
                                {
                                    "ID": "{{root.GetProperty("targets").GetProperty("keyids")[0].GetString()}}"
                                }
                            ]
                        }
                    ]
                }
            ]

            """,
            run.Results);
    }

    [Fact]
    public async Task Inspect_FormatDockerOfATufRepository_HasTheSameShape()
    {
        await using var own = await SigningWorld.WithRepositoryAsync();
        Assert.Equal(0, (await own.SignAsync("1.0")).ExitCode);

        var run = await own.Owner.RunAsync("inspect", "--format", "docker", $"{SigningWorld.Repository}:1.0");

        Assert.Equal($"{SigningWorld.Repository}:1.0", run.Json[0].GetProperty("Name").GetString());
        Assert.Equal("Repo Admin", run.Json[0].GetProperty("SignedTags")[0].GetProperty("Signers")[0].GetString());
        Assert.Equal(["Root", "Repository"], run.Json[0].GetProperty("AdministrativeKeys").EnumerateArray().Select(holder => holder.GetProperty("Name").GetString()!));
    }

    private static Task<SignerRun> VerifyAsync(SignerMachine machine, string tag) => machine.RunAsync("verify", "--no-registry", $"{Repository}:{tag}", "-o", "json");

    private static string RoleOf(SignerRun run) => NotaryWorld.Succeeds(run).Json[0].GetProperty("signedBy")[0].GetProperty("role").GetString()!;

    private static Task<string> AddAsync(NotaryClient client, string tag, string digest, string role) =>
        client.RunAsync("addhash", "-p", Repository, tag, "7", "--sha256", digest, "-r", role);

    // The owner has the delegate's key too, so that one person can sign as everybody.
    private async Task<(NotaryClient Owner, SignerMachine Verifier)> WithDelegatesAsync()
    {
        var owner = world.NewClient();
        var (certificate, key) = SignerCertificate.New("alice");
        await owner.RunAsync("init", Repository);
        await owner.RunAsync("key", "rotate", Repository, "snapshot", "-r");
        foreach (var role in new[] { "targets/alice", "targets/releases" })
            await owner.RunAsync("delegation", "add", "-p", Repository, role, owner.Write("alice.crt", certificate), "--all-paths");
        await owner.RunAsync("key", "import", owner.Write("alice.key", key), "--role", "alice");
        return (owner, await world.NewVerifierAsync());
    }
}
