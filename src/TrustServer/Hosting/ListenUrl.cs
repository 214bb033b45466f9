using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace TrustService.Server.Hosting;

/// <summary>One address to listen on.</summary>
/// <param name="IsHttps">True for TLS.</param>
/// <param name="Address">The address; <c>*</c> is every address of the machine.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal sealed record ListenUrl(bool IsHttps, IPAddress Address, int Port)
{
    /// <summary>True if only this machine can connect.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>http(s)://ADDRESS[:PORT]</c>; the address is an IP address, <c>localhost</c> or <c>*</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenUrl? url)
    {
        url = null;
        var named = text.Replace("://*", "://[::]", StringComparison.Ordinal).Replace("://+", "://[::]", StringComparison.Ordinal);
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return false;
        var address = uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host, out var parsed) ? parsed : null;
        if (address is not null)
            url = new ListenUrl(uri.Scheme == "https", address, uri.Port);
        return address is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsHttps ? "https" : "http")}://{new IPEndPoint(Address, Port)}");
}
