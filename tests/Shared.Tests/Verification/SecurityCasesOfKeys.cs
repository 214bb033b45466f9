using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Shared.Tests.Keys;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about keys and single signatures, at the verifier's door.</summary>
public sealed class SecurityCasesOfKeys : IDisposable
{
    private static readonly string[] UpToSnapshot = ["root.json", "timestamp.json", "snapshot.json"];

    private readonly VerifierDoor door = new();

    private RepositorySimulator Repository => door.Repository;

    public void Dispose() => door.Dispose();

    public static TheoryData<string, SignatureScheme> Disguises() => new()
    {
        { "extra member", SignatureScheme.EcdsaP256Sha256 },
        { "white space", SignatureScheme.EcdsaP256Sha256 },
        { "hex point", SignatureScheme.EcdsaP256Sha256 },
        { "old key type", SignatureScheme.EcdsaP256Sha256 },
        { "compressed point", SignatureScheme.EcdsaP256Sha256 },
        { "extra member", SignatureScheme.Ed25519 },
        { "upper case", SignatureScheme.Ed25519 },
        { "white space", SignatureScheme.RsaPssSha256 },
        { "no parameters", SignatureScheme.RsaPssSha256 },
    };

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task Case03_OneKeyUnderTwoIds_CountsOnce(string disguise, SignatureScheme scheme)
    {
        var key = TestKeys.Of(scheme);
        var first = key.Describe();
        var json = JsonNode.Parse(first.Source.GetRawText())!.AsObject();
        Disguise(json, disguise, key);
        var second = ReadKey(json);
        Repository.Root = Repository.Root with
        {
            Version = 2,
            Keys = new Dictionary<KeyId, PublicKey>(Repository.Root.Keys) { [first.Id] = first, [second.Id] = second },
            Roles = new Dictionary<RoleName, RoleKeys>(Repository.Root.Roles) { [RoleName.Targets] = new RoleKeys { KeyIds = [first.Id, second.Id], Threshold = 2 } },
        };
        Repository.WriteRoot(Repository.Signers[RoleName.Root]);
        Repository.Signers[RoleName.Targets] = [key];
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        Repository.Files["3.targets.json"] = MetadataCorruptor.Edit(Repository.Files["3.targets.json"], file =>
        {
            var twin = file["signatures"]![0]!.DeepClone();
            twin["keyid"] = second.Id.Value;
            file["signatures"]!.AsArray().Add(twin);
        });

        var refused = await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Contains("1 of 2", refused.Error!.Message, StringComparison.Ordinal);
    }

    // An id is a name: the key that the delegating file lists under it decides, and never one that it was once the hash of.
    [Fact]
    public async Task Case06_IdOfAnotherKey_IsNoShortcutToThatKey()
    {
        var (honest, other) = (Repository.Signers[RoleName.Targets][0], TestKeys.New());
        Repository.Root = Repository.Root with
        {
            Version = 2,
            Keys = new Dictionary<KeyId, PublicKey>(Repository.Root.Keys) { [honest.Describe().Id] = other.Describe() with { Id = honest.Describe().Id } },
        };
        Repository.WriteRoot(Repository.Signers[RoleName.Root]);

        await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);
    }

    [Theory]
    [InlineData("ed25519", "ed25519")]
    [InlineData("ecdsa", "rsassa-pss-sha256")]
    [InlineData("rsa", "ecdsa-sha2-nistp256")]
    [InlineData("rsa", "rsassa-pkcs1v15-sha256")]
    [InlineData("ecdsa", "ecdsa-sha2-nistp384")]
    [InlineData("none", "none")]
    public async Task Case07_KeyThatSaysAnotherKind_NeverCounts(string keyType, string scheme)
    {
        UseTargetsKey(key =>
        {
            key["keytype"] = keyType;
            key["scheme"] = scheme;
        });

        await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);
    }

    [Fact]
    public async Task Case07_SignatureThatNamesAnotherScheme_IsCheckedByTheKeyAlone()
    {
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        Repository.Files["3.targets.json"] = MetadataCorruptor.Edit(Repository.Files["3.targets.json"], file => file["signatures"]![0]!["scheme"] = "none");

        await door.AcceptsAsync();
    }

    public static TheoryData<string, string, string> BadKeys()
    {
        using var small = RSA.Create(1024);
        using var rsa = RSA.Create(2048);
        var parameters = rsa.ExportParameters(false);
        var one = new AsnWriter(AsnEncodingRules.DER);
        using (one.PushSequence())
        {
            using (one.PushSequence())
            {
                one.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                one.WriteNull();
            }
            var inner = new AsnWriter(AsnEncodingRules.DER);
            using (inner.PushSequence())
            {
                inner.WriteInteger(new BigInteger(parameters.Modulus, isUnsigned: true, isBigEndian: true));
                inner.WriteInteger(1);
            }
            one.WriteBitString(inner.Encode());
        }
        return new()
        {
            { "ed25519", "ed25519", new string('a', 62) },
            { "ed25519", "ed25519", new string('a', 66) },
            { "ed25519", "ed25519", new string('f', 64) },
            { "ed25519", "ed25519", "01" + new string('0', 62) },
            { "rsa", "rsassa-pss-sha256", small.ExportSubjectPublicKeyInfoPem() },
            { "rsa", "rsassa-pss-sha256", PemEncoding.WriteString("PUBLIC KEY", one.Encode()) },
            { "ecdsa", "ecdsa-sha2-nistp256", "04" + new string('1', 128) },
            { "ecdsa", "ecdsa-sha2-nistp256", "04" + new string('0', 128) },
            { "ecdsa", "ecdsa-sha2-nistp256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" },
            { "ecdsa", "ecdsa-sha2-nistp256", "" },
        };
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task Case08_KeyThatIsNone_NeverCountsAndBreaksNothing(string keyType, string scheme, string text)
    {
        UseTargetsKey(key =>
        {
            key["keytype"] = keyType;
            key["scheme"] = scheme;
            key["keyval"]!["public"] = text;
        });

        await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);
    }

    [Theory]
    [InlineData("r is 0")]
    [InlineData("s is 0")]
    [InlineData("both are 0")]
    [InlineData("r is the order")]
    [InlineData("trailing byte")]
    [InlineData("long length")]
    [InlineData("padded number")]
    public async Task Case09_EcdsaSignatureThatIsNone_IsRefused(string kind)
    {
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        Repository.Files["3.targets.json"] = WithSignature(Repository.Files["3.targets.json"], der => kind switch
        {
            "r is 0" => SignatureVerifierTests.EcdsaSignature(0, Parts(der).S),
            "s is 0" => SignatureVerifierTests.EcdsaSignature(Parts(der).R, 0),
            "both are 0" => SignatureVerifierTests.EcdsaSignature(0, 0),
            "r is the order" => SignatureVerifierTests.EcdsaSignature(Order, Parts(der).S),
            "trailing byte" => [.. der, 0],
            "long length" => [0x30, 0x81, .. der[1..]],
            _ => [0x30, (byte)(der[1] + 1), 0x02, (byte)(der[3] + 1), 0x00, .. der[4..]],
        });

        await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot);
    }

    [Fact]
    public async Task Case09_TwinOfASignature_IsNoSecondOne()
    {
        var key = TestKeys.New();
        var json = JsonNode.Parse(key.Describe().Source.GetRawText())!.AsObject();
        json["x-second"] = true;
        var second = ReadKey(json);
        Repository.Root = Repository.Root with
        {
            Version = 2,
            Keys = new Dictionary<KeyId, PublicKey>(Repository.Root.Keys) { [key.Describe().Id] = key.Describe(), [second.Id] = second },
            Roles = new Dictionary<RoleName, RoleKeys>(Repository.Root.Roles) { [RoleName.Targets] = new RoleKeys { KeyIds = [key.Describe().Id, second.Id], Threshold = 2 } },
        };
        Repository.WriteRoot(Repository.Signers[RoleName.Root]);
        Repository.Signers[RoleName.Targets] = [key];
        Repository.ListsHashes = false;
        Repository.Publish(RoleName.Targets);
        Repository.Files["3.targets.json"] = MetadataCorruptor.Edit(Repository.Files["3.targets.json"], file =>
        {
            var (r, s) = Parts(Convert.FromHexString(file["signatures"]![0]!["sig"]!.GetValue<string>()));
            file["signatures"]!.AsArray().Add((JsonNode)new JsonObject { ["keyid"] = second.Id.Value, ["sig"] = Convert.ToHexStringLower(SignatureVerifierTests.EcdsaSignature(r, Order - s)) });
        });

        Assert.Contains("1 of 2", (await door.RefusesAsync(TrustError.ThresholdNotMet, UpToSnapshot)).Error!.Message, StringComparison.Ordinal);
    }

    private static BigInteger Order => BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, null);

    private static (BigInteger R, BigInteger S) Parts(byte[] der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        return (sequence.ReadInteger(), sequence.ReadInteger());
    }

    private static byte[] WithSignature(byte[] file, Func<byte[], byte[]> change) => MetadataCorruptor.Edit(file, json =>
    {
        var signature = json["signatures"]![0]!;
        signature["sig"] = Convert.ToHexStringLower(change(Convert.FromHexString(signature["sig"]!.GetValue<string>())));
    });

    private static void Disguise(JsonObject key, string how, ISigningKey signer)
    {
        var text = key["keyval"]!["public"]!.GetValue<string>();
        switch (how)
        {
            case "extra member": key["x-extra"] = 1; break;
            case "white space": key["keyval"]!["public"] = text.Replace("\n", "\r\n", StringComparison.Ordinal) + "\n"; break;
            case "upper case": key["keyval"]!["public"] = text.ToUpperInvariant(); break;
            case "old key type": key["keytype"] = key["scheme"]!.GetValue<string>(); break;
            case "hex point": key["keyval"]!["public"] = Convert.ToHexStringLower(signer.Material.Span[^65..]); break;
            case "compressed point":
                byte[] compressed = [.. signer.Material.Span[..^65], (byte)(2 + (signer.Material.Span[^1] & 1)), .. signer.Material.Span[^64..^32]];
                compressed[1] -= 32;
                compressed[^35] -= 32;
                key["keyval"]!["public"] = PemEncoding.WriteString("PUBLIC KEY", compressed);
                break;
            default:
                key["keyval"]!["public"] = PemEncoding.WriteString("PUBLIC KEY", WithoutParameters(signer.Material.Span));
                break;
        }
    }

    // rsaEncryption without the NULL that belongs after it.
    private static byte[] WithoutParameters(ReadOnlySpan<byte> info)
    {
        var sequence = new AsnReader(info.ToArray(), AsnEncodingRules.DER).ReadSequence();
        sequence.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
            writer.WriteEncodedValue(sequence.ReadEncodedValue().Span);
        }
        return writer.Encode();
    }

    // Root 2 lists the key of targets in another way; everything else stays.
    private void UseTargetsKey(Action<JsonObject> change)
    {
        var id = Repository.Signers[RoleName.Targets][0].Describe().Id.Value;
        Repository.Root = Repository.Root with { Version = 2 };
        Repository.WriteRoot(Repository.Signers[RoleName.Root]);
        Repository.Files["2.root.json"] = MetadataCorruptor.Forge(Repository.Files["2.root.json"], signed => change(signed["keys"]![id]!.AsObject()), Repository.Signers[RoleName.Root]);
    }

    private static PublicKey ReadKey(JsonObject key)
    {
        var element = System.Text.Json.JsonElement.Parse(key.ToJsonString());
        return TufFormat.Instance.ReadKey(TufFormat.Instance.ComputeKeyId(element), element);
    }
}
