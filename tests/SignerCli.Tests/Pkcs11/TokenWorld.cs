using TrustService.Testing;

namespace TrustService.Cli.Tests.Pkcs11;

/// <summary>Tokens with keys of every kind. A module belongs to the whole process, so these tests run one after the other.</summary>
public sealed class TokenWorld : IDisposable
{
    private readonly SoftHsm hsm = new();

    public TokenWorld()
    {
        hsm.AddToken("vault");
        hsm.AddKey("vault", "p256", "01");
        hsm.AddKey("vault", "p384", "02", "EC:secp384r1");
        hsm.AddKey("vault", "rsa", "03", "rsa:2048");
        hsm.AddKey("vault", "careful", "04", "EC:prime256v1", "--always-auth");
        hsm.AddKey("vault", "twin", "05");
        hsm.AddKey("vault", "twin", "06");
        hsm.AddKey("vault", "small", "07", "rsa:1024");
        hsm.AddKey("vault", "alone", "08");
        hsm.RemovePublicKey("vault", "08");
        hsm.AddToken("other");
        hsm.EnterThisProcess();
    }

    /// <summary>What another process needs to find the tokens.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { [SoftHsm.Variable] = hsm.Configuration };

    /// <summary>The reference of a key.</summary>
    public static string Uri(string label, string token = "vault") => $"pkcs11:token={token};object={label}?module-path={SoftHsm.Module}";

    public void Dispose() => hsm.Dispose();
}
