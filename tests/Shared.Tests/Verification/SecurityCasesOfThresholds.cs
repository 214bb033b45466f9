using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about thresholds and about who may sign, at the verifier's door.</summary>
public sealed class SecurityCasesOfThresholds : IDisposable
{
    private readonly VerifierDoor door = new();

    private RepositorySimulator Repository => door.Repository;

    public void Dispose() => door.Dispose();

    [Fact]
    public async Task Case01_OneSignatureListedTwice_DoesNotReachTwo()
    {
        var keys = TestKeys.New(2);
        Repository.Rotate(new Dictionary<RoleName, ISigningKey[]> { [RoleName.Root] = keys }, threshold: 2);
        await door.AcceptsAsync();
        Repository.Rotate(RoleName.Targets);
        Repository.WriteRoot(keys[..1]);
        Repository.Files["3.root.json"] = MetadataCorruptor.WithSignatureTwice(Repository.Files["3.root.json"]);

        await door.RefusesAsync(TrustError.DuplicateSignature);

        Repository.WriteRoot(keys[..1]);
        Assert.Contains("1 of 2", (await door.RefusesAsync(TrustError.ThresholdNotMet)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case02_OneSignatureListedTwiceInADelegatedRole_IsRefusedTheSameWay()
    {
        var keys = TestKeys.New(2);
        var role = Repository.Delegate(RoleName.Targets, "team", ["2.*"], threshold: 2, keys: keys);
        Repository.AddTarget(role, "2.0", ImageTarget.Of(VerifierDoor.Image("two").Descriptor, null));
        Repository.Signers[role] = [keys[0]];
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets, role);
        await door.AcceptsAsync();
        Repository.Files["1.team.json"] = MetadataCorruptor.WithSignatureTwice(Repository.Files["1.team.json"]);

        await door.RefusesAsync(TrustError.DuplicateSignature, reference: "registry.example.com/team/app:2.0");

        Repository.WriteTargets(role);
        Assert.Contains("1 of 2", (await door.RefusesAsync(TrustError.ThresholdNotMet, reference: "registry.example.com/team/app:2.0")).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", TrustError.MalformedMetadata)]
    [InlineData("-1", TrustError.MalformedMetadata)]
    [InlineData("2147483648", TrustError.MalformedMetadata)]
    [InlineData("\"1\"", TrustError.MalformedMetadata)]
    [InlineData("null", TrustError.MalformedMetadata)]
    [InlineData("2", TrustError.ThresholdNotMet)]
    public async Task Case04_ThresholdThatNoRoleCanHave_IsRefused(string threshold, TrustError expected)
    {
        Repository.Rotate(RoleName.Targets);
        Repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            Repository.Files["2.root.json"], signed => signed["roles"]!["timestamp"]!["threshold"] = JsonNode.Parse(threshold), Repository.Signers[RoleName.Root]);

        // More than there are keys is a root that clients must follow; the role itself can then never be accepted.
        await door.RefusesAsync(expected, expected == TrustError.ThresholdNotMet ? ["root.json"] : []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Case05_RootSignedByOneSideOnly_IsRefused(bool byNewKeys)
    {
        var old = Repository.Signers[RoleName.Root].ToList();
        Repository.Rotate(RoleName.Root);
        Repository.WriteRoot(byNewKeys ? Repository.Signers[RoleName.Root] : old);

        Assert.Equal("root", (await door.RefusesAsync(TrustError.ThresholdNotMet)).Error!.Role);
    }

    [Fact]
    public async Task Case11_SignatureOfARemovedKey_IsRefused()
    {
        await door.AcceptsAsync();
        Repository.Rotate(RoleName.Targets);

        // The repository still serves what the removed key signed; the stored copy of it is no better.
        await door.RefusesAsync(TrustError.ThresholdNotMet, ["root.json", "timestamp.json", "snapshot.json"]);

        door.Source = null;
        await door.RefusesAsync(TrustError.ThresholdNotMet);
    }

    [Fact]
    public async Task Case12_DelegationTakenAway_StoredFileOfTheRoleSpeaksForNothing()
    {
        var role = Repository.Delegate(RoleName.Targets, "team", ["2.*"]);
        Repository.AddTarget(role, "2.0", ImageTarget.Of(VerifierDoor.Image("two").Descriptor, null));
        Repository.Publish(RoleName.Targets, role);
        const string Reference = "registry.example.com/team/app:2.0";
        await door.AcceptsAsync(Reference);
        var former = Repository.Signers[role].ToArray();

        Repository.Targets[RoleName.Targets] = Repository.Targets[RoleName.Targets] with { Delegations = null };
        Repository.Publish(RoleName.Targets);
        await door.RefusesAsync(TrustError.NotSigned, ["timestamp.json", "snapshot.json", "targets.json"], Reference);
        door.Source = null;
        await door.RefusesAsync(TrustError.NotSigned, reference: Reference);

        door.Source = Repository;
        Repository.Delegate(RoleName.Targets, "team", ["2.*"]);
        Repository.Publish(RoleName.Targets);
        Assert.NotEqual(former, Repository.Signers[role]);
        await door.RefusesAsync(TrustError.ThresholdNotMet, ["timestamp.json", "snapshot.json", "targets.json"], Reference);
        door.Source = null;
        await door.RefusesAsync(TrustError.ThresholdNotMet, reference: Reference);
    }
}
