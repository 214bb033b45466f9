using System.Globalization;
using System.Text.RegularExpressions;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Server.Contracts;
using TrustService.Server.Services;

namespace TrustService.Server.Endpoints;

/// <summary>Taking over a repository: <c>POST /api/v1/repositories/{repository}/import</c>.</summary>
internal static partial class ImportEndpoint
{
    private static readonly UploadRules Rules = new() { RoleOf = RoleOf, RepeatedRole = RoleName.Root };

    /// <summary>Reads the upload before anything is locked, then keeps it.</summary>
    public static Task ImportAsync(HttpContext context, RepositoryName repository) =>
        context.RequestServices.GetRequiredService<PublishGate>().EnterAsync(async () =>
        {
            var services = context.RequestServices;
            var files = await services.GetRequiredService<UploadReader>().ReadAsync(context.Request, Rules, context.RequestAborted);
            var answer = await services.GetRequiredService<ImportService>().ImportAsync(repository, files, context.User.Identity?.Name, context.RequestAborted);
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(answer, ServerJsonContext.Readable.ImportAnswer, cancellationToken: context.RequestAborted);
        });

    // The number of a root tells parts apart; the version is the one inside the file.
    private static RoleName RoleOf(string name)
    {
        if (name.EndsWith(".json", StringComparison.Ordinal))
            name = name[..^".json".Length];
        if (NumberedRoot().IsMatch(name))
            return RoleName.Root;
        if (name.Length == 0 || name == RoleName.Root.Value)
            throw new TrustException(TrustError.MalformedRequest, string.Create(CultureInfo.InvariantCulture, $"A part is called \"{name}\"; roots are called 1.root, 2.root, …, all others by their roles."));
        return RoleName.Parse(name) is { IsTopLevel: true } role ? role : RoleName.ParseDelegated(name);
    }

    [GeneratedRegex(@"\A[1-9][0-9]{0,15}\.root\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedRoot();
}
