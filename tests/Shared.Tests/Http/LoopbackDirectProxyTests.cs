using System.Net;
using TrustService.Http;

namespace TrustService.Shared.Tests.Http;

public sealed class LoopbackDirectProxyTests
{
    private static readonly Uri Proxy = new("http://proxy.example:3128/");

    [Theory]
    [InlineData("https://registry.example.com/", true)]
    [InlineData("https://direct.example/", false)]
    [InlineData("http://127.0.0.1:5000/", false)]
    [InlineData("http://localhost:5000/", false)]
    [InlineData("http://[::1]:5000/", false)]
    [InlineData("https://localhost.example.com/", true)]
    public void GetProxy_ThisMachine_IsReachedDirectly(string destination, bool throughProxy)
    {
        var proxy = new LoopbackDirectProxy(new WebProxy(Proxy, BypassOnLocal: false, ["direct\\.example"]));

        Assert.Equal(throughProxy ? Proxy : null, proxy.GetProxy(new Uri(destination)));
        Assert.Equal(!throughProxy, proxy.IsBypassed(new Uri(destination)));
    }
}
