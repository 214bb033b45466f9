using System.Net;
using TrustService.Errors;

namespace TrustService.Http;

/// <summary>Which addresses may be talked to at all.</summary>
public static class HttpTransport
{
    /// <summary>Refuses an address that is not HTTPS, plain HTTP on this machine, or plain HTTP that was asked for.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InsecureTransport"/> or, for a user name in the address, <see cref="TrustError.Usage"/>.</exception>
    public static void Require(Uri uri, bool allowPlainHttp)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
            throw new TrustException(TrustError.InsecureTransport, "The address is not one of https or http.");
        if (uri.UserInfo.Length > 0)
            throw new TrustException(TrustError.Usage, $"The address of {uri.Host} holds a user name; addresses are logged, so it may not hold credentials.");
        if (uri.Scheme == Uri.UriSchemeHttp && !allowPlainHttp && !IsLoopback(uri))
        {
            throw new TrustException(TrustError.InsecureTransport, $"{uri.GetLeftPart(UriPartial.Authority)} is plain HTTP, which anyone on the way can read and change.")
            {
                Hint = "Use https. Plain HTTP is allowed to this machine only, or with --server-plain-http (a registry: --plain-http; the server of import notary: --notary-plain-http).",
            };
        }
    }

    /// <summary>True if the host is this machine by its own name or number, without asking any name service about other names.</summary>
    public static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>True if both have the same scheme, host and port. Source: RFC 6454 §5.</summary>
    public static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && left.IdnHost.Equals(right.IdnHost, StringComparison.OrdinalIgnoreCase);
}
