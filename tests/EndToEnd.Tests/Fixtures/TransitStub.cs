using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>
/// What HashiCorp Vault's transit engine answers to reading a key and to signing with it. Keys are made when they are first asked for: of the kind
/// that the start of their name says, else P-256.
/// </summary>
public sealed class TransitStub : IAsyncDisposable
{
    /// <summary>The only token that it takes.</summary>
    public const string Token = "hvs.token-of-the-tests";

    private readonly ConcurrentDictionary<string, IExportableKey> keys = new(StringComparer.Ordinal);
    private HostileServer server = null!;

    /// <summary>The environment of a person who may use it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["VAULT_ADDR"] = server.Address.ToString().TrimEnd('/'), ["VAULT_TOKEN"] = Token };

    /// <summary>How many signatures it made.</summary>
    public int Signatures { get; private set; }

    /// <summary>Starts it.</summary>
    public static async Task<TransitStub> StartAsync()
    {
        var stub = new TransitStub();
        stub.server = await HostileServer.StartAsync(stub.AnswerAsync);
        return stub;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        foreach (var key in keys.Values)
            key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Headers["X-Vault-Token"] != Token)
            await RefuseAsync(403, "permission denied");
        else if (parts is ["v1", "transit", "keys", var read] && context.Request.Method == "GET")
            await WriteAsync(Describe(KeyOf(read)));
        else if (parts is ["v1", "transit", "sign", var name] && context.Request.Method == "POST")
            await WriteAsync(Sign(KeyOf(name), await JsonNode.ParseAsync(context.Request.Body)));
        else
            await RefuseAsync(404);

        Task WriteAsync(JsonNode answer) => context.Response.WriteAsync(new JsonObject { ["data"] = answer }.ToJsonString());

        Task RefuseAsync(int status, params string[] errors)
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(JsonSerializer.Serialize(new { errors }));
        }
    }

    private IExportableKey KeyOf(string name) => keys.GetOrAdd(name, _ => SigningKeys.Generate(
        name.StartsWith("p384", StringComparison.Ordinal) ? SignatureScheme.EcdsaP384Sha384
        : name.StartsWith("rsa", StringComparison.Ordinal) ? SignatureScheme.RsaPssSha256
        : name.StartsWith("ed25519", StringComparison.Ordinal) ? SignatureScheme.Ed25519
        : SignatureScheme.EcdsaP256Sha256));

    private static JsonObject Describe(IExportableKey key) => new()
    {
        ["latest_version"] = 1,
        ["keys"] = new JsonObject { ["1"] = new JsonObject { ["public_key"] = key.Scheme == SignatureScheme.Ed25519 ? Convert.ToBase64String(key.Material.Span) : KeyMaterial.ToPem(key.Scheme, key.Material.Span) } },
    };

    private JsonObject Sign(IExportableKey key, JsonNode? request)
    {
        Signatures++;
        var input = Convert.FromBase64String((string)request!["input"]!);
        return new JsonObject { ["signature"] = $"vault:v1:{Convert.ToBase64String(key.Scheme == SignatureScheme.Ed25519 ? key.Sign(input) : SignDigest(key, input, request))}", ["key_version"] = 1 };
    }

    private static byte[] SignDigest(IExportableKey key, byte[] digest, JsonNode request)
    {
        Assert.True((bool)request["prehashed"]!);
        Assert.Equal(key.Scheme == SignatureScheme.EcdsaP384Sha384 ? "sha2-384" : "sha2-256", (string)request["hash_algorithm"]!);
        if (key.Scheme == SignatureScheme.RsaPssSha256)
        {
            Assert.Equal(("pss", "hash"), ((string)request["signature_algorithm"]!, (string)request["salt_length"]!));
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
            return rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        }
        Assert.Equal("asn1", (string)request["marshaling_algorithm"]!);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        return ecdsa.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
    }
}
