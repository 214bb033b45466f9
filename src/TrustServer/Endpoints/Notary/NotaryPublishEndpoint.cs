using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Server.Options;
using TrustService.Server.Services;

namespace TrustService.Server.Endpoints.Notary;

/// <summary>Publishing: <c>POST /v2/{gun}/_trust/tuf/</c>.</summary>
internal static class NotaryPublishEndpoint
{
    private const string Extension = ".json";
    /// <summary>What an upload may hold on this surface.</summary>
    internal static readonly UploadRules Rules = new() { RoleOf = RoleOf, TakesLastPart = true, MayBeEmpty = true };

    /// <summary>Reads the upload before anything is locked, then publishes it.</summary>
    public static Task PublishAsync(HttpContext context, RepositoryName repository)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<NotaryOptions>>().Value;
        return options.Serves(repository.Value)
            ? context.RequestServices.GetRequiredService<PublishGate>().EnterAsync(() => ReadAndPublishAsync(context, repository))
            : NotaryErrors.WriteAsync(context, NotaryError.InvalidGun(options.GunPrefixes));
    }

    private static async Task ReadAndPublishAsync(HttpContext context, RepositoryName repository)
    {
        var services = context.RequestServices;
        IReadOnlyList<UploadedFile> parts = [];
        try
        {
            parts = await services.GetRequiredService<UploadReader>().ReadAsync(context.Request, Rules, context.RequestAborted);
            var uploads = parts.Where(part => part.Role != RoleName.Timestamp).ToList();
            // Clients may send the timestamp that they know; the server makes its own, as ever.
            foreach (var timestamp in parts.Except(uploads))
                StrictJson.Parse(timestamp.Data.Span, JsonLimits.OfBytes(timestamp.Data.Length));
            await services.GetRequiredService<PublishService>().PublishAsync(repository, NotaryFormat.Instance, uploads, context.User.Identity?.Name, context.RequestAborted);
        }
        catch (TrustException refusal)
        {
            if (refusal.Error == TrustError.TooLarge)
                // The rest of a body that is refused is not worth reading.
                context.Response.Headers.Connection = "close";
            throw new NotaryException(NotaryUpdateErrors.Of(refusal, parts), refusal);
        }
        context.Response.ContentLength = 0;
    }

    private static RoleName RoleOf(string name)
    {
        if (name.Length == 0)
            throw new NotaryException(NotaryError.NoFileName);
        var role = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        return RoleName.TryParse(role, out var parsed) && NotaryFormat.Instance.Rules.MayWriteRoleName(parsed)
            ? parsed
            : throw new NotaryException(NotaryError.InvalidRole(role));
    }
}
