using System.Globalization;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_updater_key_rotations</c>. Each word is one version: <c>KEYS/THRESHOLD/SIGNERS</c>, keys by their number.</summary>
public sealed class KeyRotationCases
{
    private const int Keys = 10;

    [Theory]
    [InlineData("test_root_rotation[1-of-1-key-rotation]", true, "1/1/1 2/1/2,1 2/1/2")]
    [InlineData("test_root_rotation[1-of-1-key-rotation-unused-signatures]", true, "1/1/3,1,4 2/1/3,2,1,4 2/1/3,2,4")]
    [InlineData("test_root_rotation[3-of-5-sign-with-different-keycombos]", true, "0,1,2,3,4/3/0,2,4 0,1,2,3,4/3/0,4,1 0,1,2,3,4/3/0,1,3 0,1,2,3,4/3/0,1,3")]
    [InlineData("test_root_rotation[3-of-5-one-key-rotated]", true, "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,4,1")]
    [InlineData("test_root_rotation[3-of-5-one-key-rotated-with-intermediate-step]", true, "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,2,4,5 0,1,3,4,5/3/0,4,5")]
    [InlineData("test_root_rotation[3-of-5-all-keys-rotated-with-intermediate-step]", true, "0,1,2,3,4/3/0,2,4 5,6,7,8,9/3/0,2,4,5,6,7 5,6,7,8,9/3/5,6,7")]
    [InlineData("test_root_rotation[1-of-3-threshold-increase-to-2-of-3]", true, "1,2,3/1/1 1,2,3/2/1,2")]
    [InlineData("test_root_rotation[2-of-3-threshold-decrease-to-1-of-3]", true, "1,2,3/2/1,2 1,2,3/1/1,2 1,2,3/1/1")]
    [InlineData("test_root_rotation[1-of-2-threshold-increase-to-2-of-2]", true, "1/1/1 1,2/2/1,2")]
    [InlineData("test_root_rotation[1-of-1-key-rotation-fail-not-signed-with-old-key]", false, "1/1/1 2/1/2,3,4")]
    [InlineData("test_root_rotation[1-of-1-key-rotation-fail-not-signed-with-new-key]", false, "1/1/1 2/1/1,3,4")]
    [InlineData("test_root_rotation[3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys]", false, "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,2,4")]
    [InlineData("test_root_rotation[3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys]", false, "0,1,2,3,4/3/0,2,4 0,1,3,4,5/3/0,4,5")]
    [InlineData("test_root_rotation[1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached]", false, "1,2,3/1/1 1,2,3/2/2")]
    [InlineData("test_root_rotation[2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached]", false, "1,2,3/2/1,2 1,2,3/1/1")]
    public async Task Refresh_SequenceOfRoots_EachNeedsTheOldAndTheNewThreshold(string caseId, bool isAccepted, string versions)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var keys = TestKeys.New(Keys);
        repository.Root = repository.Root with { Version = 0 };
        foreach (var version in versions.Split(' '))
        {
            Assign(repository, RoleName.Root, version, keys);
            repository.PublishOnly(RoleName.Root);
        }
        repository.Publish(RoleName.Targets);
        run.Pin(repository.Files["1.root.json"]);

        if (isAccepted)
            await run.RefreshesAsync();
        else
            await run.RefusesAsync(TrustError.ThresholdNotMet);

        var last = versions.Split(' ').Length - (isAccepted ? 0 : 1);
        Assert.True(run.Holds(RoleName.Root, string.Create(CultureInfo.InvariantCulture, $"{last}.root.json")));
    }

    [Theory]
    [InlineData("test_non_root_rotations[1-of-1-key-rotation]", true, "2/1/2")]
    [InlineData("test_non_root_rotations[1-of-1-key-rotation-unused-signatures]", true, "1/1/3,1,4")]
    [InlineData("test_non_root_rotations[1-of-1-key-rotation-fail-not-signed-with-new-key]", false, "2/1/1,3,4")]
    [InlineData("test_non_root_rotations[3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys]", false, "0,1,3,4,5/3/0,2,4")]
    [InlineData("test_non_root_rotations[2-of-5-one-key-signature-mising-threshold-not-reached]", false, "0,1,3,4,5/3/0,4")]
    [InlineData("test_non_root_rotations[3-of-5-sign-first-combo]", true, "0,1,2,3,4/3/0,2,4")]
    [InlineData("test_non_root_rotations[3-of-5-sign-second-combo]", true, "0,1,2,3,4/3/0,4,1")]
    [InlineData("test_non_root_rotations[3-of-5-sign-third-combo]", true, "0,1,2,3,4/3/0,1,3")]
    [InlineData("test_non_root_rotations[3-of-5-sign-fourth-combo]", true, "0,1,2,3,4/3/1,2,3")]
    [InlineData("test_non_root_rotations[3-of-5-sign-fifth-combo]", true, "0,1,2,3,4/3/2,3,4")]
    public async Task Refresh_KeysOfEachOtherRoleChange_TheNewThresholdDecides(string caseId, bool isAccepted, string version)
    {
        foreach (var role in (RoleName[])[RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
        {
            await using var run = new ConformanceRun(caseId);
            Assign(run.Repository, role, version, TestKeys.New(Keys));
            run.Repository.PublishOnly(RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp);

            if (isAccepted)
                await run.RefreshesAsync();
            else
                Assert.Equal(role.Value, (await run.RefusesAsync(TrustError.ThresholdNotMet)).Role);

            Assert.Equal(isAccepted, run.Version(role) is not null && run.Holds(role, $"{role}.json"));
        }
    }

    private static void Assign(RepositorySimulator repository, RoleName role, string version, ISigningKey[] keys)
    {
        var parts = version.Split('/');
        repository.Assign(role, int.Parse(parts[1], CultureInfo.InvariantCulture), Choose(keys, parts[0]));
        repository.Signers[role] = [.. Choose(keys, parts[2])];
    }

    private static ISigningKey[] Choose(ISigningKey[] keys, string numbers) => [.. numbers.Split(',').Select(number => keys[int.Parse(number, CultureInfo.InvariantCulture)])];
}
