using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;
using static TrustService.Testing.RepositoryBuilder;

namespace TrustService.Server.Tests.Endpoints;

/// <summary>Security cases A: thresholds, keys and signatures, at the publish route.</summary>
public sealed class HostileKeyTests : HostileUpload
{
    [Fact]
    public async Task Case01_RootThresholdTwoSignedTwiceByOneKey_IsRefused()
    {
        var root = Owner.Root(2);
        SetRole(root, "root", 2, KeyObject(Owner.RootKey), KeyObject(Owner.NewKey()));

        await RefusedAsync(TrustError.DuplicateSignature, ("root", Sign(root, Owner.RootKey, Owner.RootKey)));
        await RefusedAsync(TrustError.ThresholdNotMet, ("root", Sign(root, Owner.RootKey)));
    }

    [Fact]
    public async Task Case02_DelegatedThresholdTwoSignedTwiceByOneKey_IsRefusedByTheSameCheck()
    {
        var (first, second) = (Owner.NewKey(), Owner.NewKey());
        var targets = Owner.Targets(2);
        Delegate(targets, "releases", 2, "*", first, second);
        var signedTargets = Sign(targets, Owner.TargetsKey);

        await RefusedAsync(TrustError.DuplicateSignature, ("targets", signedTargets), ("releases", Sign(Owner.Targets(), first, first)));
        var problem = await RefusedAsync(TrustError.ThresholdNotMet, ("targets", signedTargets), ("releases", Sign(Owner.Targets(), first)));
        Assert.Contains("1 of 2", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case03_OneKeyUnderTwoIds_CountsOnce()
    {
        var (key, other) = (Owner.NewKey(), Owner.NewKey());
        var twin = KeyObject(key);
        twin["x-note"] = "the same key";
        var targets = Owner.Targets(2);
        Delegate(targets, "releases", 2, "*", key, other);
        targets["delegations"]!["keys"]![KeyId(twin)] = twin;
        targets["delegations"]!["roles"]![0]!["keyids"]!.AsArray().Add(KeyId(twin));
        var twice = Sign(Owner.Targets(), (KeyId(KeyObject(key)), key), (KeyId(twin), key));

        await RefusedAsync(TrustError.ThresholdNotMet, ("targets", Sign(targets, Owner.TargetsKey)), ("releases", twice));

        targets["delegations"]!["roles"]![0]!["keyids"] = new JsonArray(KeyId(KeyObject(key)), KeyId(twin));
        await RefusedAsync(TrustError.MalformedMetadata, ("targets", Sign(targets, Owner.TargetsKey)), ("releases", twice));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2147483648)]
    [InlineData(2)]
    public async Task Case04_ThresholdThatNobodyCanReachOrEverybodyDoes_IsRefused(long threshold)
    {
        var root = Owner.Root(2);
        root["roles"]!["targets"]!["threshold"] = threshold;

        await RefusedAsync(TrustError.MalformedMetadata, ("root", Sign(root, Owner.RootKey)));
    }

    [Fact]
    public async Task Case05_NewRootSignedByOldOrNewKeysOnly_IsRefused()
    {
        var next = Owner.NewKey();
        var root = Owner.Root(2);
        SetRole(root, "root", 1, KeyObject(next));
        root["keys"]!.AsObject().Remove(KeyId(KeyObject(Owner.RootKey)));

        await RefusedAsync(TrustError.ThresholdNotMet, ("root", Sign(root, Owner.RootKey)));
        await RefusedAsync(TrustError.ThresholdNotMet, ("root", Sign(root, next)));
        Assert.Equal(2, (await AcceptedAsync(("root", Sign(root, Owner.RootKey, next))))["root"]);
    }

    [Fact]
    public async Task Case06_KeyUnderAnIdThatIsNotItsOwn_IsRefused()
    {
        var (wrong, key) = (new string('a', 64), KeyObject(Owner.NewKey()));
        var root = Owner.Root(2);
        root["keys"]![wrong] = key;
        root["roles"]!["targets"]!["keyids"]!.AsArray().Add(wrong);

        await RefusedAsync(TrustError.UnacceptableKey, ("root", Sign(root, Owner.RootKey)));
    }

    public static TheoryData<string, string, string> BadKeys()
    {
        using var small = RSA.Create(1024);
        using var rsa = SigningKeys.Generate(SignatureScheme.RsaPssSha256);
        var rsaPem = KeyMaterial.ToPem(rsa.Scheme, rsa.Material.Span);
        return new TheoryData<string, string, string>
        {
            { "ed25519", "ed25519", rsaPem },
            { "ecdsa", "ecdsa-sha2-nistp256", rsaPem },
            { "rsa", "ed25519", rsaPem },
            { "ed25519", "ed25519", new string('1', 62) },
            { "ed25519", "ed25519", new string('1', 66) },
            { "rsa", "rsassa-pss-sha256", small.ExportSubjectPublicKeyInfoPem() },
            { "ecdsa", "ecdsa-sha2-nistp256", "04" + new string('1', 128) },
            { "rsa", "rsassa-pss-sha256", "" },
        };
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task Case07_Case08_KeyThatIsNotWhatItSaysOrTooWeak_IsRefused(string keyType, string scheme, string text)
    {
        var key = new JsonObject { ["keytype"] = keyType, ["scheme"] = scheme, ["keyval"] = new JsonObject { ["public"] = text } };
        var root = Owner.Root(2);
        SetRole(root, "targets", 1, KeyObject(Owner.TargetsKey), key);

        await RefusedAsync(TrustError.UnacceptableKey, ("root", Sign(root, Owner.RootKey)));
    }

    [Theory]
    [InlineData("trailing byte")]
    [InlineData("zero")]
    [InlineData("empty")]
    [InlineData("no hex")]
    public async Task Case09_SignatureThatIsNotExactlyOne_DoesNotCount(string kind)
    {
        var file = JsonNode.Parse(Owner.TargetsFile(2))!;
        var signature = file["signatures"]![0]!;
        signature["sig"] = kind switch
        {
            "trailing byte" => (string?)signature["sig"] + "00",
            "zero" => "3006020100020100",
            "empty" => "",
            _ => "zz",
        };

        await RefusedAsync(TrustError.ThresholdNotMet, ("targets", Encoding.UTF8.GetBytes(file.ToJsonString())));
    }

    [Fact]
    public async Task Case10_PrivateKeyInMetadata_IsRefusedAndAlarmed()
    {
        var leaked = KeyObject(Owner.NewKey());
        leaked["keyval"]!["private"] = "0123456789abcdef";
        var root = Owner.Root(2);
        SetRole(root, "targets", 1, KeyObject(Owner.TargetsKey), leaked);

        await RefusedAsync(TrustError.PrivateKeyInMetadata, ("root", Sign(root, Owner.RootKey)));

        var alarm = Assert.Single(Server.Logs.Lines, line => line.StartsWith("Critical PrivateKeyUploaded", StringComparison.Ordinal));
        Assert.Contains(KeyId(leaked)[..4], alarm, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", string.Join('\n', Server.Logs.Lines), StringComparison.Ordinal);
        await Server.Client.GetAsync($"{Owner.MetadataPath}/2.root.json").RefusedAsync(TrustError.MetadataUnknown);
    }

    [Fact]
    public async Task Case11_KeyThatTheNewRootDropped_SignsNothingAnyMore()
    {
        var successor = Owner.NewKey();
        var root = Owner.Root(2);
        SetRole(root, "targets", 1, KeyObject(successor));
        var signedRoot = Sign(root, Owner.RootKey);

        var problem = await RefusedAsync(TrustError.ThresholdNotMet, ("root", signedRoot));
        Assert.Equal("targets", (string?)problem["role"]);
        await RefusedAsync(TrustError.ThresholdNotMet, ("root", signedRoot), ("targets", Owner.TargetsFile(2)));
        await AcceptedAsync(("root", signedRoot), ("targets", Sign(Owner.Targets(2), successor)));

        await Owner.PublishAsync(Server.Client, ("targets", Owner.TargetsFile(3))).RefusedAsync(TrustError.ThresholdNotMet);
        Assert.Equal(3, (await AcceptedAsync(("targets", Sign(Owner.Targets(3), successor))))["targets"]);
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("timestamp")]
    public async Task Root_WithoutTheServersKey_IsRefusedAsIncomplete(string role)
    {
        var root = Owner.Root(2);
        SetRole(root, role, 1, KeyObject(Owner.NewKey()));
        await RefusedAsync(TrustError.IncompleteRoot, ("root", Sign(root, Owner.RootKey)));

        root = Owner.Root(2);
        SetRole(root, role, 2, [.. Owner.SnapshotKeys, .. Owner.TimestampKeys]);
        var problem = await RefusedAsync(TrustError.IncompleteRoot, ("root", Sign(root, Owner.RootKey)));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"keys/{role}"), (string?)problem["hint"], StringComparison.Ordinal);
    }
}
