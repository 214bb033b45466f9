using TrustService.Errors;
using TrustService.Server.Hosting;
using TrustService.Testing;

namespace TrustService.Server.Tests.Hosting;

public sealed class ServerCommandLineTests
{
    [Fact]
    public void Parse_BothForms_AreUnderstood()
    {
        var settings = ServerCommandLine.Parse(["--urls", "http://127.0.0.1:0", "--data=/x=y", "--dev-tls"]);

        Assert.Equal("http://127.0.0.1:0", settings["urls"]);
        Assert.Equal("/x=y", settings["data"]);
        Assert.Equal("true", settings["dev_tls"]);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("nonsense")]
    [InlineData("--urls")]
    [InlineData("--urls", "--dev-tls")]
    [InlineData("--dev-tls=true")]
    [InlineData("-x")]
    public void Parse_AnythingElse_IsAUsageError(params string[] args) => Refusal.Of(TrustError.Usage, () => ServerCommandLine.Parse(args));
}
