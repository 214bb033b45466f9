using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Conformance;

/// <summary>The cases of <c>test_keys</c>.</summary>
public sealed class KeyCases
{
    [Theory]
    [InlineData("test_snapshot_does_not_meet_threshold")]
    public async Task Refresh_TwoOfThreeSignatures_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var keys = TestKeys.New(3);
        run.Repository.Assign(RoleName.Snapshot, 3, keys);
        run.Repository.PublishOnly(RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp);
        await run.RefreshesAsync();
        run.Repository.Signers[RoleName.Snapshot] = [.. keys[..2]];
        run.Repository.Publish(RoleName.Targets);

        await run.RefusesAsync(TrustError.ThresholdNotMet);

        Assert.Equal(2, run.Version(RoleName.Snapshot));
    }

    [Theory]
    [InlineData("test_snapshot_has_too_few_keys")]
    public async Task Refresh_FewerKeysThanTheThreshold_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Assign(RoleName.Snapshot, 6, TestKeys.New(5));
        run.Repository.PublishOnly(RoleName.Root, RoleName.Snapshot, RoleName.Timestamp);

        await run.RefusesAsync(TrustError.ThresholdNotMet);

        Assert.Equal("root 2, timestamp 2", run.Trusted);
    }

    [Theory]
    [InlineData("test_duplicate_keys")]
    public async Task Refresh_OneKeyListedAndSigningNineTimes_IsRefused(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        repository.Assign(RoleName.Snapshot, 6, [.. repository.Signers[RoleName.Snapshot], TestKeys.New()]);
        repository.PublishOnly(RoleName.Root);
        repository.Files["2.root.json"] = MetadataCorruptor.Forge(
            repository.Files["2.root.json"],
            signed =>
            {
                var ids = signed["roles"]!["snapshot"]!["keyids"]!.AsArray();
                for (var i = 0; i < 8; i++)
                    ids.Add(ids[1]!.DeepClone());
            },
            repository.Signers[RoleName.Root]);
        repository.PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
        repository.Files["2.snapshot.json"] = MetadataCorruptor.Edit(repository.Files["2.snapshot.json"], file =>
        {
            for (var i = 0; i < 8; i++)
                file["signatures"]!.AsArray().Add(file["signatures"]![1]!.DeepClone());
        });

        await run.RefusesAsync(TrustError.DuplicateSignature);
        Assert.Null(run.Version(RoleName.Snapshot));

        // Listed nine times and signing once, it counts once.
        repository.WriteSnapshot();
        await run.RefusesAsync(TrustError.ThresholdNotMet);
        Assert.Null(run.Version(RoleName.Snapshot));
    }

    [Theory]
    [InlineData("test_duplicate_sig_keyids")]
    public async Task Refresh_SignatureListedTwice_IsRefusedThoughTheThresholdIsReached(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        run.Repository.Files["1.snapshot.json"] = MetadataCorruptor.WithSignatureTwice(run.Repository.Files["1.snapshot.json"]);

        await run.RefusesAsync(TrustError.DuplicateSignature);

        Assert.Null(run.Version(RoleName.Snapshot));
    }

    [Theory]
    [InlineData("test_keytype_and_scheme[rsa/rsassa-pss-sha256]", SignatureScheme.RsaPssSha256)]
    [InlineData("test_keytype_and_scheme[ecdsa/ecdsa-sha2-nistp256]", SignatureScheme.EcdsaP256Sha256)]
    [InlineData("test_keytype_and_scheme[ed25519/ed25519]", SignatureScheme.Ed25519)]
    public async Task Refresh_RootKeyOfEachScheme_CountsAndItsWrongSignatureDoesNot(string caseId, SignatureScheme scheme)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var key = TestKeys.Of(scheme);
        repository.Assign(RoleName.Root, 2, [.. repository.Signers[RoleName.Root], key]);
        repository.PublishOnly(RoleName.Root);
        await run.RefreshesAsync();
        Assert.Equal(2, run.Version(RoleName.Root));
        repository.PublishOnly(RoleName.Root);
        // A good signature of that key, over something else.
        var elsewhere = Convert.ToHexStringLower(key.Sign("something else"u8));
        repository.Files["3.root.json"] = MetadataCorruptor.Edit(repository.Files["3.root.json"], file => file["signatures"]![1]!["sig"] = elsewhere);

        await run.RefusesAsync(TrustError.ThresholdNotMet);

        Assert.Equal(2, run.Version(RoleName.Root));
    }

    [Theory]
    [InlineData("test_invalid_sig_in_valid_metadata")]
    public async Task Refresh_WrongOrEmptySignatureBesideEnoughGoodOnes_SpoilsNothing(string caseId)
    {
        await using var run = new ConformanceRun(caseId);
        var repository = run.Repository;
        var plausible = JsonNode.Parse(repository.Files["timestamp.json"])!["signatures"]![0]!["sig"]!.GetValue<string>();
        repository.Assign(RoleName.Timestamp, 1, [.. repository.Signers[RoleName.Timestamp], TestKeys.New()]);
        repository.PublishOnly(RoleName.Root);
        foreach (var signature in (string[])[plausible, ""])
        {
            repository.PublishTimestamp();
            repository.Files["timestamp.json"] = MetadataCorruptor.Edit(repository.Files["timestamp.json"], file => file["signatures"]![0]!["sig"] = signature);

            await run.RefreshesAsync();
        }

        Assert.Equal(3, run.Version(RoleName.Timestamp));
    }
}
