using System.Net;
using System.Net.Http.Headers;

namespace TrustService.Http;

/// <summary>An answer whose body was read in full and within its limit.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Headers">Headers that are not of the body.</param>
/// <param name="ContentType">Value of Content-Type, or null.</param>
/// <param name="Body">The body; empty if the status is an error and the body was too long.</param>
/// <param name="Uri">Where the answer came from, after redirects.</param>
public sealed record HttpAnswer(HttpStatusCode Status, HttpResponseHeaders Headers, string? ContentType, ReadOnlyMemory<byte> Body, Uri Uri)
{
    /// <summary>True for status codes 200 to 299.</summary>
    public bool IsSuccess => (int)Status is >= 200 and <= 299;
}
