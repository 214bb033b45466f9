using System.Text.Json.Nodes;
using TrustService.Metadata;

namespace TrustService.Testing;

/// <summary>Roots of thieves.</summary>
public static class ForgedRoots
{
    /// <summary>The first root of a TUF repository whose root key is listed under another id: ids are any text there (TAP 12), so it is genuine.</summary>
    public static byte[] Under(string keyId, RepositorySimulator thief)
    {
        var key = thief.Signers[RoleName.Root][0];
        var signed = JsonNode.Parse(thief.FirstRoot)!["signed"]!.AsObject();
        var (keys, role) = (signed["keys"]!.AsObject(), signed["roles"]!["root"]!.AsObject());
        var own = role["keyids"]![0]!.GetValue<string>();
        keys[keyId] = keys[own]!.DeepClone();
        keys.Remove(own);
        role["keyids"] = new JsonArray(keyId);
        return RepositoryBuilder.Sign(signed, (keyId, key));
    }
}
