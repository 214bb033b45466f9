using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TrustService.Testing;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>What HashiCorp Vault's transit engine answers to reading a key and to signing with it: keys are made when they are first asked for.</summary>
public sealed class TransitStub : IAsyncDisposable
{
    /// <summary>The only token that it takes.</summary>
    public const string Token = "hvs.token-of-the-tests";

    private readonly ConcurrentDictionary<string, ECDsa> keys = new(StringComparer.Ordinal);
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

    private ECDsa KeyOf(string name) => keys.GetOrAdd(name, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256));

    private static JsonObject Describe(ECDsa key) => new()
    {
        ["type"] = "ecdsa-p256",
        ["latest_version"] = 1,
        ["keys"] = new JsonObject { ["1"] = new JsonObject { ["public_key"] = key.ExportSubjectPublicKeyInfoPem() + "\n" } },
    };

    private JsonObject Sign(ECDsa key, JsonNode? request)
    {
        Assert.True((bool)request!["prehashed"]!);
        Assert.Equal("sha2-256", (string)request["hash_algorithm"]!);
        Assert.Equal("asn1", (string)request["marshaling_algorithm"]!);
        Signatures++;
        var signature = key.SignHash(Convert.FromBase64String((string)request["input"]!), DSASignatureFormat.Rfc3279DerSequence);
        return new JsonObject { ["signature"] = $"vault:v1:{Convert.ToBase64String(signature)}", ["key_version"] = 1 };
    }
}
