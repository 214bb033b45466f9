using System.Text;
using System.Text.Json.Nodes;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Testing;

/// <summary>Makes metadata that no honest writer would make, each kind by its name.</summary>
public static class MetadataCorruptor
{
    /// <summary>Signs a role with any keys, whether or not somebody lists them.</summary>
    public static SignedMetadata<TRole> Sign<TRole>(TRole role, IEnumerable<ISigningKey> signers)
        where TRole : class, IRole =>
        TufFormat.Instance.Read<TRole>(SignJson(TufFormat.Instance.WriteSigned(role), signers), int.MaxValue);

    /// <summary>Changes the signed part of a file and signs it anew, so that only its content is wrong.</summary>
    public static byte[] Forge(byte[] file, Action<JsonObject> change, params IEnumerable<ISigningKey> signers)
    {
        var signed = JsonNode.Parse(file)!["signed"]!.AsObject();
        change(signed);
        return SignJson(Encoding.UTF8.GetBytes(signed.ToJsonString()), signers);
    }

    /// <summary>Changes anything in a file and leaves its signatures as they are.</summary>
    public static byte[] Edit(byte[] file, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(file)!.AsObject();
        change(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>Signs JSON text as it stands, duplicate members and other oddities included.</summary>
    public static byte[] SignText(string signed, string signedInstead, params IEnumerable<ISigningKey> signers) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(SignJson(Encoding.UTF8.GetBytes(signed), signers)).Replace(signed, signedInstead, StringComparison.Ordinal));

    /// <summary>Removes all signatures.</summary>
    public static byte[] WithoutSignatures(byte[] file) => Edit(file, json => json["signatures"] = new JsonArray());

    /// <summary>Lists the first signature a second time.</summary>
    public static byte[] WithSignatureTwice(byte[] file) => Edit(file, json => json["signatures"]!.AsArray().Add(json["signatures"]![0]!.DeepClone()));

    /// <summary>Changes one hex digit of the first signature.</summary>
    public static byte[] WithWrongSignature(byte[] file) => Edit(file, json =>
    {
        var signature = json["signatures"]![0]!;
        var hex = signature["sig"]!.GetValue<string>();
        signature["sig"] = hex[..^1] + (hex[^1] == '0' ? '1' : '0');
    });

    /// <summary>Puts a signature of another key over the same content in the place of the first signature, under the id of that one.</summary>
    public static byte[] WithSignatureOf(byte[] file, ISigningKey other) => Edit(file, json =>
    {
        var payload = CanonicalJson.Encode(StrictJson.Parse(Encoding.UTF8.GetBytes(json["signed"]!.ToJsonString()), JsonLimits.OfBytes(int.MaxValue)));
        json["signatures"]![0]!["sig"] = Hex.Encode(other.Sign(payload));
    });

    /// <summary>Changes one byte of white space, so that content and signatures stay good and the hash does not.</summary>
    public static byte[] WithOtherHash(byte[] file) => [.. file, (byte)'\n'];

    private static byte[] SignJson(byte[] signed, IEnumerable<ISigningKey> signers)
    {
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue)));
        return TufFormat.Instance.WriteFile(signed, signers.Select(signer => new Signature(signer.Describe().Id, signer.Sign(payload))).DistinctBy(signature => signature.KeyId));
    }
}
