namespace TrustService.Registry;

/// <summary>Credentials for one registry. No record, so that no text of it can show a secret.</summary>
public sealed class RegistryCredential
{
    private RegistryCredential(string username, string password, string? identityToken) =>
        (Username, Password, IdentityToken) = (username, password, identityToken);

    /// <summary>User name; empty if there is only an identity token.</summary>
    public string Username { get; }

    /// <summary>Password or access token.</summary>
    public string Password { get; }

    /// <summary>OAuth2 refresh token, used instead of name and password, or null.</summary>
    public string? IdentityToken { get; }

    /// <summary>A user name with its password.</summary>
    public static RegistryCredential OfPassword(string username, string password) => new(username, password, null);

    /// <summary>An OAuth2 refresh token.</summary>
    public static RegistryCredential OfIdentityToken(string token) => new("", "", token);
}
