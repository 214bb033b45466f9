using System.Net;

namespace TrustService.Http;

/// <summary>The proxies of the environment (HTTPS_PROXY, NO_PROXY …), except that this machine is always reached directly.</summary>
internal sealed class LoopbackDirectProxy(IWebProxy environment) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => environment.Credentials;
        set => environment.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : environment.GetProxy(destination);

    public bool IsBypassed(Uri host) => HttpTransport.IsLoopback(host) || environment.IsBypassed(host);
}
