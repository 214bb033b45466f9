using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Verification;

public sealed class SignatureThresholdTests
{
    private static readonly TrustService.Keys.ISigningKey[] Keys = TestKeys.New(6);

    // One more key of the role that signs never lowers the count, and never counts more than once.
    [Fact]
    public void Count_OneMoreSigner_AddsItselfAndNothingElse() => Property.ForAll(60, random =>
    {
        var listed = Keys.Where(_ => random.Next(3) > 0).ToList();
        var signers = Keys.Where(_ => random.Next(2) == 0).ToList();
        var more = Keys[random.Next(Keys.Length)];
        var role = new RoleKeys { KeyIds = [.. listed.Select(key => key.Describe().Id)], Threshold = random.Next(1, 7) };
        var keys = listed.ToDictionary(key => key.Describe().Id, key => key.Describe());

        var before = SignatureThreshold.Count(Signed(signers), keys, role);
        var after = SignatureThreshold.Count(Signed([.. signers, more]), keys, role);

        var adds = listed.Contains(more) && !signers.Contains(more);
        Assert.Equal(signers.Count(listed.Contains), before.Signed.Length);
        Assert.Equal(before.Signed.Length + (adds ? 1 : 0), after.Signed.Length);
        Assert.Equal(listed.Count, after.Signed.Length + after.Missing.Length);
        Assert.True(after.IsMet || !before.IsMet);
        Assert.Equal(before.Signed.Length >= role.Threshold, before.IsMet);
    });

    [Fact]
    public void Count_SignaturesOfOthersAndEmptyOnes_SpoilNothing()
    {
        var file = MetadataCorruptor.Edit(Signed([.. Keys]).File.ToArray(), json =>
        {
            json["signatures"]![0]!["sig"] = "";
            json["signatures"]![1]!["sig"] = "no hex";
            json["signatures"]![2]!["keyid"] = "unknown";
        });
        var role = new RoleKeys { KeyIds = [.. Keys.Select(key => key.Describe().Id)], Threshold = 3 };

        var result = SignatureThreshold.Count(TufFormat.Instance.Read<Targets>(file, 100_000), Keys.ToDictionary(key => key.Describe().Id, key => key.Describe()), role);

        Assert.Equal(3, result.Signed.Length);
        Assert.True(result.IsMet);
    }

    private static SignedMetadata<Targets> Signed(List<TrustService.Keys.ISigningKey> signers) =>
        MetadataCorruptor.Sign(new Targets { Version = 1, Expires = FixedTime.Start, TargetFiles = new Dictionary<string, TargetFile>() }, signers);
}
