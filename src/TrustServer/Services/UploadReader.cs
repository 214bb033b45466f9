using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Publishing;
using TrustService.Server.Options;
using TrustService.Verification;

namespace TrustService.Server.Services;

/// <summary>Reads the metadata files of a multipart request: one part for each role, named by the part's file name.</summary>
internal sealed class UploadReader(IOptions<LimitOptions> options, TimeProvider time)
{
    private const int MaxBoundaryLength = 70;
    private const int MaxPartHeaders = 16;
    private const int MaxPartHeaderBytes = 4096;
    private const int FirstBufferBytes = 16 * 1024;

    private readonly LimitOptions limits = options.Value;

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rules">What the route allows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrustException"><see cref="TrustError.MalformedRequest"/>, <see cref="TrustError.TooLarge"/>, or what <paramref name="rules"/> throw.</exception>
    public async Task<IReadOnlyList<UploadedFile>> ReadAsync(HttpRequest request, UploadRules rules, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.MaxRequestBytes)
            throw TooLarge($"The request has {request.ContentLength} bytes; at most {limits.MaxRequestBytes} are read ({LimitOptions.Section}:{nameof(limits.MaxRequestBytes)}).");
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limits.MaxRequestBytes;
        var reader = new MultipartReader(BoundaryOf(request), request.Body)
        {
            HeadersCountLimit = MaxPartHeaders,
            HeadersLengthLimit = MaxPartHeaderBytes,
        };
        var (maxParts, setting) = rules.RepeatedRole is null
            ? (limits.MaxParts, $"{LimitOptions.Section}:{nameof(limits.MaxParts)}")
            : (limits.MaxRoles + VerificationLimits.Default.MaxRootUpdates, $"{LimitOptions.Section}:{nameof(limits.MaxRoles)}, and {VerificationLimits.Default.MaxRootUpdates} roots");
        var files = new List<UploadedFile>();
        var seen = new HashSet<RoleName>();
        var parts = 0;
        using var tooLate = new CancellationTokenSource(TimeSpan.FromSeconds(limits.UploadSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLate.Token, cancellationToken);
        try
        {
            while (await reader.ReadNextSectionAsync(either.Token) is { } section)
            {
                if (parts++ == maxParts)
                    throw TooLarge($"The request has more than {maxParts} parts, the limit that is set here ({setting}).");
                var name = FileNameOf(section);
                // A part whose headers were cut off has no name either; reading on tells which it is.
                if (name.Length == 0)
                    await ReadPartAsync(section.Body, null, either.Token);
                var role = rules.RoleOf(name);
                if (role != rules.RepeatedRole && !seen.Add(role) && files.RemoveAll(file => file.Role == role) > 0 && !rules.TakesLastPart)
                    throw Malformed($"Two parts are for the role {role}; one file for each role is needed.");
                files.Add(new UploadedFile(role, await ReadPartAsync(section.Body, role, either.Token)));
            }
        }
        catch (OperationCanceledException e) when (tooLate.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"The body did not arrive within {limits.UploadSeconds} seconds.", StatusCodes.Status408RequestTimeout, e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Malformed("The body is no complete multipart/form-data, or a part's headers are too long.", e);
        }
        return files.Count > 0 || rules.MayBeEmpty ? files : throw Malformed("The request has no part; one metadata file for each role is needed.");
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw Malformed($"The body is {(string.IsNullOrEmpty(request.ContentType) ? "of no stated type" : "not multipart/form-data")}; multipart/form-data with one metadata file for each role is needed, the role being the part's file name.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= MaxBoundaryLength } ? boundary : throw Malformed($"multipart/form-data needs a boundary of 1 to {MaxBoundaryLength} characters.");
    }

    /// <returns>The file name with all its slashes; empty if there is none.</returns>
    private static string FileNameOf(MultipartSection section)
    {
        // A parameter without a value is let through by the library's parser, and then fails where it is read.
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Parameters.Any(parameter => !parameter.Value.HasValue))
            return "";
        try
        {
            return (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value ?? "";
        }
        catch (NotSupportedException)
        {
            // UTF-7, which the platform knows and does not decode.
            return "";
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadPartAsync(Stream body, RoleName? role, CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        int read;
        while ((read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > limits.MaxFileBytes)
                throw TooLarge($"{role?.Value ?? "A part"} has more than {limits.MaxFileBytes} bytes, the limit for one file.", role?.Value);
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 4L, limits.MaxFileBytes + 1L));
        }
        // Published bytes live for ever: they do not drag unused space along.
        return buffer.AsSpan(0, length).ToArray();
    }

    private static TrustException Malformed(string message, Exception? inner = null) => new(TrustError.MalformedRequest, message, inner);

    private static TrustException TooLarge(string message, string? role = null) => new(TrustError.TooLarge, message) { Role = role };
}
