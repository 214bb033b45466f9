using TrustService.Metadata;

namespace TrustService.Server.OnlineKeys;

/// <summary>How schemes and states are written in the database.</summary>
internal static class OnlineKeyText
{
    /// <summary>A scheme, by its name in TUF metadata.</summary>
    public static string Of(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaP256Sha256 => "ecdsa-sha2-nistp256",
        SignatureScheme.EcdsaP384Sha384 => "ecdsa-sha2-nistp384",
        SignatureScheme.RsaPssSha256 => "rsassa-pss-sha256",
        SignatureScheme.Ed25519 => "ed25519",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "A scheme that no online key has."),
    };

    /// <summary>The scheme of a name; unknown for any other.</summary>
    public static SignatureScheme ToScheme(string text) => text switch
    {
        "ecdsa-sha2-nistp256" => SignatureScheme.EcdsaP256Sha256,
        "ecdsa-sha2-nistp384" => SignatureScheme.EcdsaP384Sha384,
        "rsassa-pss-sha256" => SignatureScheme.RsaPssSha256,
        "ed25519" => SignatureScheme.Ed25519,
        _ => SignatureScheme.Unknown,
    };

    /// <summary>The name of a state.</summary>
    public static string Of(OnlineKeyState state) => state switch
    {
        OnlineKeyState.Pending => "pending",
        OnlineKeyState.Active => "active",
        _ => "retired",
    };

    /// <summary>The state of a name.</summary>
    public static OnlineKeyState ToState(string text) => text switch
    {
        "pending" => OnlineKeyState.Pending,
        "active" => OnlineKeyState.Active,
        "retired" => OnlineKeyState.Retired,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "An unknown state of an online key."),
    };
}
