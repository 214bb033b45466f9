using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Formats;

public sealed class NotaryReaderTests
{
    private static readonly NotaryFormat Format = NotaryFormat.Instance;

    private readonly NotaryRepository repository = new(FixedTime.Start);

    [Fact]
    public void Root_OfTheOtherFormat_IsRefused()
    {
        repository.Init();
        var tuf = new RepositorySimulator(FixedTime.Start).FirstRoot;

        Refusal.Of(TrustError.WrongRoleType, () => Format.Read<Root>(tuf, tuf.Length));
        Refusal.Of(TrustError.WrongRoleType, () => TufFormat.Instance.Read<Root>(repository.Roots[0], int.MaxValue));
        Assert.Same(TufFormat.Instance, MetadataFormats.Detect(tuf, tuf.Length));
        Assert.Same(Format, MetadataFormats.Detect(repository.Roots[0], int.MaxValue));
        Refusal.Of(TrustError.WrongRoleType, () => MetadataFormats.Detect(repository.File(RoleName.Targets).Data.Span, int.MaxValue));
        Refusal.Of(TrustError.TooLarge, () => MetadataFormats.Detect(tuf, 10));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, TrustError.TooLarge)]
    public void Snapshot_ListsRolesUpToTheLimit(int more, TrustError? expected)
    {
        var listed = $"{{\"hashes\":{{\"sha256\":\"{Convert.ToBase64String(new byte[32])}\"}},\"length\":1}}";
        var roles = Enumerable.Range(0, MetadataLimits.MaxSnapshotRoles - 2 + more).Select(i => $"\"targets/{i}\":{listed},");
        var file = Encoding.UTF8.GetBytes($$$"""{"signatures":[],"signed":{"_type":"Snapshot","expires":"2036-01-01T00:00:00Z","meta":{{{{string.Concat(roles)}}}"root":{{{listed}}},"targets":{{{listed}}}},"version":1}}""");

        if (expected is { } error)
            Refusal.Of(error, () => Format.Read<Snapshot>(file, VerificationLimits.Default.MaxListedSnapshotBytes));
        else
            Assert.Equal(MetadataLimits.MaxSnapshotRoles, Format.Read<Snapshot>(file, VerificationLimits.Default.MaxListedSnapshotBytes).Signed.Meta.Count);
    }

    [Fact]
    public void Formats_AreFoundByTheirName()
    {
        Assert.Same(TufFormat.Instance, MetadataFormats.Find("tuf"));
        Assert.Same(Format, MetadataFormats.Find("notary"));
        Refusal.Of(TrustError.Usage, () => MetadataFormats.Find("Notary"));
    }

    [Fact]
    public void KeyUnderAnotherId_RefusesTheFile()
    {
        var file = Edit(repository.RootFile().Data, root =>
        {
            var keys = root["signed"]!["keys"]!.AsObject();
            var (id, key) = keys.First();
            keys.Remove(id);
            keys.Add(new string('a', 64), key);
        });

        Refusal.Of(TrustError.UnacceptableKey, () => Format.Read<Root>(file, file.Length));
    }

    [Fact]
    public void PrivateKey_IsRefused()
    {
        var file = Edit(repository.RootFile().Data, root => root["signed"]!["keys"]!.AsObject().First().Value!["keyval"]!["private"] = "c2VjcmV0");

        Refusal.Of(TrustError.PrivateKeyInMetadata, () => Format.Read<Root>(file, file.Length));
    }

    [Theory]
    [InlineData("rsapss")]
    [InlineData("eddsa")]
    [InlineData("rsapkcs1v15")]
    [InlineData("none")]
    public void MethodThatIsNotTheKeys_NeverCounts(string method)
    {
        // As DER, which is what another method would hand on unchanged.
        var root = Format.Read<Root>(repository.RootFile().Data, int.MaxValue);
        var der = Convert.ToBase64String(root.Signatures[0].Value.Span);
        var file = Edit(repository.RootFile().Data, json =>
        {
            json["signatures"]![0]!["method"] = method;
            json["signatures"]![0]!["sig"] = der;
        });

        Refusal.Of(TrustError.ThresholdNotMet, () => TrustedRoot.Pin(Format, file, VerificationLimits.Default));
    }

    [Fact]
    public void DerInPlaceOfThePair_NeverCounts()
    {
        var root = Format.Read<Root>(repository.RootFile().Data, int.MaxValue);
        var file = Edit(repository.RootFile().Data, json => json["signatures"]![0]!["sig"] = Convert.ToBase64String(root.Signatures[0].Value.Span));

        Refusal.Of(TrustError.ThresholdNotMet, () => TrustedRoot.Pin(Format, file, VerificationLimits.Default));
    }

    [Fact]
    public void MethodInUpperCase_Counts()
    {
        var file = Edit(repository.RootFile().Data, json => json["signatures"]![0]!["method"] = "ECDSA");

        Assert.Single(TrustedRoot.Pin(Format, file, VerificationLimits.Default).Signers.Signed);
    }

    [Fact]
    public void TwoSignaturesOfOneKey_AreRefused()
    {
        var file = Edit(repository.RootFile().Data, json => json["signatures"]!.AsArray().Add(json["signatures"]![0]!.DeepClone()));

        Refusal.Of(TrustError.DuplicateSignature, () => TrustedRoot.Pin(Format, file, VerificationLimits.Default));
    }

    [Fact]
    public void OneKeyUnderTwoCertificates_CountsOnce()
    {
        var second = RootCertificate.Create(repository.RootKey, repository.Name, repository.Now, repository.Now.AddYears(1));
        repository.SetRole(RoleName.Root, repository.Certificate, second);
        var roles = new Dictionary<RoleName, RoleKeys>(repository.Root.Roles);
        roles[RoleName.Root] = roles[RoleName.Root] with { Threshold = 2 };
        repository.Root = repository.Root with { Roles = roles };

        Refusal.Of(TrustError.ThresholdNotMet, () => TrustedRoot.Pin(Format, repository.RootFile((second, repository.RootKey)).Data, VerificationLimits.Default));
    }

    [Theory]
    [InlineData("Version")]
    [InlineData("EXPIRES")]
    [InlineData("\u017Ftargets")]
    [InlineData("target\u017F")]
    public void MemberThatGoTakesForAnother_IsRefused(string member)
    {
        var targets = repository.File(RoleName.Targets).Data;
        var file = Edit(targets, json => json["signed"]![member] = 2);

        if (member == "\u017Ftargets")
            Assert.NotNull(Format.Read<Targets>(file, file.Length));
        else
            Refusal.Of(TrustError.MalformedMetadata, () => Format.Read<Targets>(file, file.Length));
    }

    [Fact]
    public void NumberThatOthersRound_IsRefused()
    {
        repository.Change(RoleName.Targets, targets => targets with { TargetFiles = new Dictionary<string, TargetFile> { ["v1"] = Target("""{"n":9007199254740993}""") } });

        Refusal.Of(TrustError.MalformedMetadata, () => Format.Read<Targets>(repository.File(RoleName.Targets).Data, int.MaxValue));
    }

    [Fact]
    public void CustomData_OfAnyKind_SurvivesAndVerifies()
    {
        const string Text = "<a>&\u2028\u2029\t\"\\ é";
        repository.Change(RoleName.Targets, targets => targets with
        {
            TargetFiles = new Dictionary<string, TargetFile>
            {
                ["a<b>"] = Target("""{"z":1,"a":[true,null,"x"]}""") with { Custom = System.Text.Json.JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["t"] = Text }) },
                ["list"] = Target("[1,2]"),
            },
        });
        repository.Init();

        var top = repository.Published!.Targets[RoleName.Targets].Read();
        Assert.Equal(Text, top.Signed.TargetFiles["a<b>"].Custom!.Value.GetProperty("t").GetString());
        Assert.Contains(@"\u003ca\u003e\u0026\u2028\u2029\u0009\""\\ é", Encoding.UTF8.GetString(top.File.Span), StringComparison.Ordinal);
        Assert.Contains("<a>&\u2028\u2029\t\\\"\\\\ é", Encoding.UTF8.GetString(top.Payload.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keyids")]
    [InlineData("paths")]
    public void EmptyListAsNull_IsRead(string member)
    {
        repository.Delegate(RoleName.Targets, NotaryFormat.Releases, TestKeys.New(), "");
        var file = Edit(repository.File(RoleName.Targets).Data, json => json["signed"]!["delegations"]!["roles"]![0]![member] = null);

        var role = Format.Read<Targets>(file, file.Length).Signed.Delegations!.Roles.Single();

        Assert.Empty(member == "keyids" ? role.RoleKeys.KeyIds.Select(id => id.Value) : role.Paths!.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedFile_IsReadOrRefusedWithACode(int seed)
    {
        repository.Delegate(RoleName.Targets, NotaryFormat.Releases, TestKeys.New(), "a", "b");
        repository.Add(RoleName.Targets, "v1");
        repository.Init();
        var files = repository.Published!.Targets.Values.Select(document => document.File).Append(repository.Roots[0]).Append(repository.Published.Snapshot.Metadata.File).Append(repository.Published.Timestamp.Metadata.File)
            .Select(file => Encoding.UTF8.GetString(file.Span)).ToList();
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 1500; i++)
        {
            var file = Encoding.UTF8.GetBytes(Mutation.Of(files[random.Next(files.Count)], random));
            var isRead = random.Next(4) switch
            {
                0 => Refusal.IsAccepted(() => Format.Read<Root>(file, file.Length)),
                1 => Refusal.IsAccepted(() => Format.Read<Targets>(file, file.Length)),
                2 => Refusal.IsAccepted(() => Format.Read<Snapshot>(file, file.Length)),
                _ => Refusal.IsAccepted(() => Format.Read<Timestamp>(file, file.Length)),
            };
            refused += isRead ? 0 : 1;
        }
        Assert.InRange(refused, 1000, 1500);
    }

    private static TargetFile Target(string custom) => new()
    {
        Length = 1,
        Hashes = FileHashes.FromSha256(SHA256.HashData([1])),
        Custom = System.Text.Json.JsonDocument.Parse(custom).RootElement,
    };

    private static byte[] Edit(ReadOnlyMemory<byte> file, Action<JsonObject> change) => MetadataCorruptor.Edit(file.ToArray(), change);
}
