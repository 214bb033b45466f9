using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrustService.Server.Options;

namespace TrustService.Server.Tests.Options;

public sealed class OptionsValidationTests
{
    [Fact]
    public void Defaults_AreValid()
    {
        using var services = Configure([]);
        Assert.True(services.GetRequiredService<IOptions<DatabaseOptions>>().Value.IsEmbedded);
        Assert.Equal(TimeSpan.FromDays(14), services.GetRequiredService<IOptions<SigningOptions>>().Value.TimestampLifetime);
        Assert.Equal(8 * 1024 * 1024, services.GetRequiredService<IOptions<LimitOptions>>().Value.MaxFileBytes);
    }

    [Fact]
    public void WrongValues_AreAllReportedByName()
    {
        using var services = Configure(new() { ["Signing:TimestampRenewAfterHours"] = "336", ["Limits:MaxParts"] = "0", ["Limits:MaxRoles"] = "3", ["Limits:MaxFileBytes"] = "100000000", ["Database:DataDirectory"] = "" });
        Assert.Contains("TimestampRenewAfterHours", Failure<SigningOptions>(services), StringComparison.Ordinal);
        Assert.Contains("DataDirectory", Failure<DatabaseOptions>(services), StringComparison.Ordinal);
        var limits = Failure<LimitOptions>(services);
        Assert.All(["MaxParts", "MaxRoles", "MaxFileBytes"], name => Assert.Contains(name, limits, StringComparison.Ordinal));
    }

    [Fact]
    public void StandbyKeys_AreReadAsAList()
    {
        using var services = Configure(new() { ["Signing:StandbyPublicKeyFiles:0"] = "/keys/a.pem", ["Signing:StandbyPublicKeyFiles:1"] = "/keys/b.pem" });
        Assert.Equal(["/keys/a.pem", "/keys/b.pem"], services.GetRequiredService<IOptions<SigningOptions>>().Value.StandbyPublicKeyFiles);
    }

    private static string Failure<T>(ServiceProvider services)
        where T : class =>
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<T>>().Value).Message;

    private static ServiceProvider Configure(Dictionary<string, string?> settings) =>
        new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddTrustOptions().BuildServiceProvider();
}
