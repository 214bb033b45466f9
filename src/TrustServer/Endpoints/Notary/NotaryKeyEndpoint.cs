using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.OnlineKeys;
using TrustService.Server.Services;
using TrustService.Server.Stores;
using TrustService.Server.Telemetry;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>The public keys that a root must list for the roles that the server signs.</summary>
internal static class NotaryKeyEndpoint
{
    /// <summary>Answers with the key that the current root lists, or else with the one that waits for a root; makes that if there is none.</summary>
    public static Task ReadAsync(HttpContext context, RepositoryName repository, string role) => AnswerAsync(context, repository, RoleName.Parse(role), isNew: false);

    /// <summary>Answers with the key that waits for a root; makes it if there is none.</summary>
    public static Task RotateAsync(HttpContext context, RepositoryName repository, string role) => AnswerAsync(context, repository, RoleName.Parse(role), isNew: true);

    private static async Task AnswerAsync(HttpContext context, RepositoryName repository, RoleName role, bool isNew)
    {
        context.Features.Set(new RouteClassMetadata(RouteClass.OnlineKeys));
        var services = context.RequestServices;
        if (await services.GetRequiredService<CurrentMetadataCache>().FindAsync(repository, context.RequestAborted) is { } record)
            RepositoryFormat.Require(record, NotaryFormat.Instance);
        var keys = services.GetRequiredService<IOnlineKeys>();
        var known = await keys.ListAsync(repository, role, context.RequestAborted);
        var found = (isNew ? null : known.FirstOrDefault(key => key.State == OnlineKeyState.Active)) ?? known.FirstOrDefault(key => key.State == OnlineKeyState.Pending);
        var online = found ?? await keys.GetOrCreatePendingAsync(repository, role, context.RequestAborted);
        var key = NotaryFormat.Instance.DescribeKey(online.Scheme, online.Material);
        if (found is null)
            Log.MadeOnlineKey(services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category), role.Value, repository.Value, key.Id.Short);
        await NotaryAnswer.WriteAsync(context, StatusCodes.Status200OK, JsonWriting.Bytes(key.Source.WriteTo));
    }
}
