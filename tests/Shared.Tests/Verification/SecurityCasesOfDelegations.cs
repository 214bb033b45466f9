using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about delegation graphs and path patterns, at the verifier's door.</summary>
public sealed class SecurityCasesOfDelegations : IDisposable
{
    private static readonly string[] UpToSnapshot = ["root.json", "timestamp.json", "snapshot.json"];

    private readonly VerifierDoor door = new();

    private RepositorySimulator Repository => door.Repository;

    public void Dispose() => door.Dispose();

    [Fact]
    public async Task Case35_CyclicDelegations_End()
    {
        var (a, b) = (TestKeys.New(1), TestKeys.New(1));
        var first = Repository.Delegate(RoleName.Targets, "a", ["*"], keys: a);
        var second = Repository.Delegate(first, "b", ["*"], keys: b);
        Repository.Delegate(second, "a", ["*"], keys: a);
        Repository.Publish(RoleName.Targets, first, second);

        await door.RefusesAsync(TrustError.NotSigned, ["root.json", "timestamp.json", "snapshot.json", "targets.json", "a.json", "b.json", "last-seen"], "registry.example.com/team/app:9");
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(1, 10_000)]
    public async Task Case35_DeepOrWideDelegations_EndAtTheLimit(int depth, int width)
    {
        var keys = TestKeys.New(1);
        var parent = RoleName.Targets;
        for (var i = 0; i < depth; i++)
        {
            var child = Repository.Delegate(parent, $"r{i}", ["*"], keys: keys);
            if (width > 1)
            {
                var delegations = Repository.Targets[parent].Delegations!;
                var roles = Enumerable.Range(0, width).Select(n => delegations.Roles[0] with { Name = RoleName.ParseDelegated($"w{n}") });
                Repository.Targets[parent] = Repository.Targets[parent] with { Delegations = delegations with { Roles = [.. roles] } };
                foreach (var n in Enumerable.Range(0, 100))
                {
                    var wide = RoleName.ParseDelegated($"w{n}");
                    Repository.Signers[wide] = [.. keys];
                    Repository.Targets[wide] = Repository.Targets[child];
                }
            }
            parent = child;
        }
        Repository.Publish([.. Repository.Targets.Keys]);

        var outcome = await door.VerifyAsync("registry.example.com/team/app:9");

        Assert.Equal(TrustError.DelegationLimit, outcome.Error!.Error);
        Assert.True(Repository.Requests.Count < 50);
    }

    [Fact]
    public async Task Case35_TerminatingDelegation_IsNotPassedBy()
    {
        var first = Repository.Delegate(RoleName.Targets, "first", ["2.*"], terminating: true);
        var second = Repository.Delegate(RoleName.Targets, "second", ["*"]);
        Repository.AddTarget(second, "2.0", ImageTarget.Of(VerifierDoor.Image("two").Descriptor, null));
        Repository.AddTarget(second, "3.0", ImageTarget.Of(VerifierDoor.Image("three").Descriptor, null));
        Repository.Publish(RoleName.Targets, first, second);

        await door.AcceptsAsync("registry.example.com/team/app:3.0");
        await door.RefusesAsync(TrustError.NotSigned, ["first.json", "last-seen"], "registry.example.com/team/app:2.0");
    }

    [Fact]
    public async Task Case36_HostilePatterns_TakeLittleTimeAndDoNotCrossSlashes()
    {
        var role = Repository.Delegate(RoleName.Targets, "team", [string.Concat(Enumerable.Repeat("*a", 5000)) + "b", "*/*", "[", "(a+)+$"]);
        Repository.AddTarget(role, new string('a', 128), ImageTarget.Of(VerifierDoor.Image("two").Descriptor, null));
        Repository.Publish(RoleName.Targets, role);
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await door.RefusesAsync(TrustError.NotSigned, [.. UpToSnapshot, "targets.json", "team.json", "last-seen"], $"registry.example.com/team/app:{new string('a', 128)}");

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Verify_TagNotSignedWhileARoleForOtherTagsIsBroken_IsNotSigned()
    {
        var role = Repository.Delegate(RoleName.Targets, "team", ["team-*"]);
        Repository.Publish(RoleName.Targets, role);
        Repository.Files.Remove("1.team.json");

        var tag = await door.VerifyAsync("registry.example.com/team/app:2.0");
        var digest = await door.VerifyAsync($"registry.example.com/team/app@{VerifierDoor.Image("two").Digest}");

        Assert.Equal((TrustError.NotSigned, TrustError.MetadataUnknown), (tag.Error!.Error, digest.Error!.Error));
    }
}
