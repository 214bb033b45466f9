using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace TrustService.Testing;

/// <summary>A token service that a real registry believes: it signs what was asked for, for one user.</summary>
public sealed class TokenService : IAsyncDisposable
{
    /// <summary>Name of the registry in its challenge.</summary>
    public const string Service = "test-registry";

    /// <summary>Name of the service in its tokens.</summary>
    public const string Issuer = "test-issuer";

    /// <summary>The refresh token that is accepted instead of a password.</summary>
    public const string RefreshToken = "a-refresh-token";

    private readonly ECDsa _key;
    private readonly X509Certificate2 _certificate;
    private HostileServer? _server;

    private TokenService()
    {
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Token issuer", _key, HashAlgorithmName.SHA256);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    /// <summary>Scopes that were asked for, in any order.</summary>
    public ConcurrentBag<string> Scopes { get; } = [];

    /// <summary>Address that answers with tokens.</summary>
    public Uri Realm => new(_server!.Address, "token");

    /// <summary>The certificate that the registry checks tokens with.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Starts the service.</summary>
    public static async Task<TokenService> StartAsync()
    {
        var service = new TokenService();
        service._server = await HostileServer.StartAsync(service.AnswerAsync);
        return service;
    }

    /// <summary>Stops the service.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryFixture.Username}:{RegistryFixture.Password}"));
        string? scope = context.Request.Query["scope"];
        var isKnown = context.Request.Headers.Authorization == basic;
        if (context.Request.Method == "POST")
        {
            var form = await context.Request.ReadFormAsync();
            scope = form["scope"];
            isKnown = form["grant_type"] == "refresh_token" && form["refresh_token"] == RefreshToken && form["service"] == Service;
        }
        if (!isKnown)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        Scopes.Add(scope ?? "");
        await context.Response.WriteAsync(new JsonObject { ["token"] = Token(scope ?? ""), ["expires_in"] = 300 }.ToJsonString());
    }

    private string Token(string scope)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var parts = scope.Split(':');
        var access = new JsonArray();
        // The name itself may hold a port.
        if (parts.Length >= 3)
            access.Add((JsonNode)new JsonObject { ["type"] = parts[0], ["name"] = string.Join(':', parts[1..^1]), ["actions"] = new JsonArray([.. parts[^1].Split(',').Select(action => (JsonNode)action)]) });
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "ES256", ["x5c"] = new JsonArray(Convert.ToBase64String(_certificate.RawData)) };
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = RegistryFixture.Username,
            ["aud"] = Service,
            ["iat"] = now,
            ["nbf"] = now - 10,
            ["exp"] = now + 300,
            ["jti"] = "1",
            ["access"] = access,
        };
        var content = $"{Encode(header)}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
