using System.Text;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Editing;

public sealed class EditorTests
{
    private static readonly TufFormat Format = TufFormat.Instance;
    private static readonly DateTimeOffset Expires = FixedTime.Start.AddDays(30);

    private readonly RepositorySimulator repository = new(FixedTime.Start);

    [Fact]
    public void NextRoot_OtherKeysForOneRole_KeepsTheRestAndDropsUnusedKeys()
    {
        var key = TestKeys.New().Describe();
        var before = repository.Root;

        var next = RootEditor.Next(before, new Dictionary<RoleName, RoleAssignment> { [RoleName.Targets] = new([key]) }, Expires);

        Assert.Equal(before.Version + 1, next.Version);
        Assert.Equal(key.Id, Assert.Single(next.Roles[RoleName.Targets].KeyIds));
        Assert.Equal(before.Roles[RoleName.Snapshot], next.Roles[RoleName.Snapshot]);
        Assert.Equal(4, next.Keys.Count);
        Assert.DoesNotContain(before.Roles[RoleName.Targets].KeyIds[0], next.Keys.Keys);
    }

    [Fact]
    public void NextTargets_Change_TouchesNothingElse()
    {
        var file = MetadataCorruptor.Forge(repository.Files["1.targets.json"], signed => signed["x-unknown"] = "kept", repository.Signers[RoleName.Targets]);
        var current = Format.Read<Targets>(file, 100_000).Signed;
        var target = new TargetFile { Length = 3, Hashes = FileHashes.OfSha256("abc"u8) };
        var change = new TargetsChange { Set = new TargetsChange().Set.Add("1.0", target), Remove = new TargetsChange().Remove.Add("absent") };

        var next = TargetsEditor.Next(current, change, Expires);

        Assert.False(change.IsNoChangeTo(current));
        Assert.True(change.IsNoChangeTo(next));
        Assert.Equal(2, next.Version);
        Assert.Contains("\"x-unknown\":\"kept\"", Encoding.UTF8.GetString(Format.WriteSigned(next)), StringComparison.Ordinal);
        Assert.Empty(TargetsEditor.Next(next, new TargetsChange { Remove = new TargetsChange().Remove.Add("1.0") }, Expires).TargetFiles);
    }

    [Fact]
    public void NextSnapshot_RolesThatDoNotChange_StayListed()
    {
        var next = SnapshotBuilder.Next(repository.Snapshot, new Dictionary<RoleName, MetaFile> { [RoleName.Parse("team")] = new() { Version = 1 } }, Expires);

        Assert.Equal(2, next.Version);
        Assert.Equal([RoleName.Targets, RoleName.Parse("team")], next.Meta.Keys);
    }

    [Fact]
    public void Sign_KeyThatTheRoleDoesNotList_IsRefused() =>
        Refusal.Of(TrustError.KeyNotFound, () => MetadataSigner.Sign(Format, repository.Targets[RoleName.Targets], [TestKeys.New().Describe()], [TestKeys.New()]));

    [Fact]
    public void Sign_SameKeyTwice_SignsOnce()
    {
        var key = TestKeys.New();

        Assert.Single(MetadataSigner.Sign(Format, repository.Targets[RoleName.Targets], [key.Describe()], [key, key]).Signatures);
    }

    [Theory]
    [InlineData(SignatureScheme.EcdsaP256Sha256)]
    [InlineData(SignatureScheme.EcdsaP384Sha384)]
    [InlineData(SignatureScheme.RsaPssSha256)]
    [InlineData(SignatureScheme.Ed25519)]
    public void DescribeKey_ReadBack_IsTheSameKeyUnderItsOwnId(SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme).Describe();

        var read = Format.ReadKey(key.Id, StrictJson.Parse(Encoding.UTF8.GetBytes(key.Source.GetRawText()), JsonLimits.OfBytes(10_000)));

        Assert.Equal(key, read);
        Assert.Equal(key.Id, Format.ComputeKeyId(read.Source));
    }

    [Fact]
    public void ReadKey_WithItsPrivateHalf_IsRefusedAsALeak()
    {
        var key = StrictJson.Parse("""{"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"00","private":"11"}}"""u8, JsonLimits.OfBytes(1000));

        Refusal.Of(TrustError.PrivateKeyInMetadata, () => Format.ReadKey(new KeyId("a"), key));
    }
}
