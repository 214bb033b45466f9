using Microsoft.Extensions.Primitives;

namespace TrustService.Server.Endpoints;

/// <summary>How long the problem that ends a request may be cached; without it, not at all.</summary>
/// <param name="CacheControl">Value of the header.</param>
internal sealed record ProblemCaching(StringValues CacheControl);
