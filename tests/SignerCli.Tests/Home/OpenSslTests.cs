using TrustService.Cli.Home;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Home;

public sealed class OpenSslTests
{
    [Fact]
    public void RequireOneOf_NoneOnThisSystem_IsRefusedWithTheirNamesAndHowToInstallIt()
    {
        var refused = Refusal.Of(TrustError.LocalFile, () => OpenSsl.RequireOneOf(["libssl-of-nobody.so.1", "libssl-of-nobody.so.2"]));

        Assert.Contains("libssl-of-nobody.so.1 nor libssl-of-nobody.so.2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("libssl3", refused.Hint, StringComparison.Ordinal);
    }
}
