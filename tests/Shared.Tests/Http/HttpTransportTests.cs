using TrustService.Errors;
using TrustService.Http;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Http;

public sealed class HttpTransportTests
{
    [Theory]
    [InlineData("https://trust.example.com/")]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("http://127.9.9.9/")]
    [InlineData("http://localhost:5000/")]
    [InlineData("http://[::1]:5000/")]
    public void Require_TlsOrThisMachine_IsAllowed(string uri) =>
        Assert.True(Refusal.IsAccepted(() => HttpTransport.Require(new Uri(uri), allowPlainHttp: false)));

    [Theory]
    [InlineData("http://trust.example.com/")]
    [InlineData("http://127.0.0.1.example.com/")]
    [InlineData("http://localhost.example.com/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public void Case60_PlainHttpToOthers_NeedsAnExplicitFlag(string uri)
    {
        Refusal.Of(TrustError.InsecureTransport, () => HttpTransport.Require(new Uri(uri), allowPlainHttp: false));
        Assert.True(Refusal.IsAccepted(() => HttpTransport.Require(new Uri(uri), allowPlainHttp: true)));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    public void Case60_OtherScheme_IsRefusedWithAnyFlag(string uri) =>
        Refusal.Of(TrustError.InsecureTransport, () => HttpTransport.Require(new Uri(uri), allowPlainHttp: true));

    [Fact]
    public void Require_CredentialsInAddress_AreRefusedAndNotShown()
    {
        var refusal = Refusal.Of(TrustError.Usage, () => HttpTransport.Require(new Uri("https://user:hunter2@example.com/"), false));
        Assert.DoesNotContain("hunter2", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example/x", "https://a.example:443/y", true)]
    [InlineData("https://a.example/", "http://a.example/", false)]
    [InlineData("https://a.example/", "https://a.example:444/", false)]
    [InlineData("https://a.example/", "https://b.example/", false)]
    public void IsSameOrigin_SchemeHostAndPort_AllCount(string left, string right, bool same) =>
        Assert.Equal(same, HttpTransport.IsSameOrigin(new Uri(left), new Uri(right)));
}
