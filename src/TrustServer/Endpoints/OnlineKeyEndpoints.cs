using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints;

/// <summary>The public keys that a root must list for the roles that the server signs.</summary>
internal static class OnlineKeyEndpoints
{
    /// <summary>Answers with the key that the current root lists, or else with the one that waits for a root.</summary>
    public static async Task ReadAsync(HttpContext context, TufPath path)
    {
        await RequireTufAsync(context, path);
        var keys = await context.RequestServices.GetRequiredService<IOnlineKeys>().ListAsync(path.Repository, RoleName.Parse(path.Name), context.RequestAborted);
        var key = keys.FirstOrDefault(key => key.State == OnlineKeyState.Active) ?? keys.FirstOrDefault(key => key.State == OnlineKeyState.Pending)
            ?? throw new TrustException(TrustError.KeyNotFound, $"There is no {path.Name} key for {path.Repository} yet.") { Role = path.Name, Hint = "POST to the same path makes one." };
        await WriteAsync(context, key);
    }

    /// <summary>Makes a key that waits for a root to list it; while one waits, that one is the answer.</summary>
    public static async Task CreateAsync(HttpContext context, TufPath path)
    {
        await RequireTufAsync(context, path);
        var (keys, role) = (context.RequestServices.GetRequiredService<IOnlineKeys>(), RoleName.Parse(path.Name));
        var waiting = (await keys.ListAsync(path.Repository, role, context.RequestAborted)).FirstOrDefault(key => key.State == OnlineKeyState.Pending);
        var key = waiting ?? await keys.GetOrCreatePendingAsync(path.Repository, role, context.RequestAborted);
        if (waiting is null)
            Log.MadeOnlineKey(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category), path.Name, path.Repository.Value, Describe(key).Id.Short);
        await WriteAsync(context, key);
    }

    private static async ValueTask RequireTufAsync(HttpContext context, TufPath path)
    {
        if (await context.RequestServices.GetRequiredService<CurrentMetadataCache>().FindAsync(path.Repository, context.RequestAborted) is { } repository)
            RepositoryFormat.Require(repository, TufFormat.Instance);
    }

    private static PublicKey Describe(OnlineKey key) => TufFormat.Instance.DescribeKey(key.Scheme, key.Material);

    private static async Task WriteAsync(HttpContext context, OnlineKey online)
    {
        context.Features.Set(new RouteClassMetadata(RouteClass.OnlineKeys));
        var key = Describe(online);
        var standby = context.RequestServices.GetRequiredService<OperatorRules>().Publish.StandbyKeys;
        var body = JsonWriting.Bytes(writer =>
        {
            writer.WriteStartObject();
            WriteMembers(writer, key);
            if (!standby.IsEmpty)
            {
                writer.WriteStartArray("standby");
                foreach (var other in standby)
                {
                    writer.WriteStartObject();
                    WriteMembers(writer, other);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static void WriteMembers(System.Text.Json.Utf8JsonWriter writer, PublicKey key)
    {
        foreach (var member in key.Source.EnumerateObject())
            member.WriteTo(writer);
        writer.WriteString("keyid", key.Id.Value);
    }
}
