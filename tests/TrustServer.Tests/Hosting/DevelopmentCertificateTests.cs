using System.Security.Cryptography.X509Certificates;
using TrustService.Server.Hosting;
using TrustService.Server.Tests.Stores;
using TrustService.Testing;

namespace TrustService.Server.Tests.Hosting;

public sealed class DevelopmentCertificateTests : IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly AdjustableClock clock = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Load_Again_IsTheSameCertificate()
    {
        using var first = Load();
        using var second = Load();

        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.True(second.HasPrivateKey);
        Assert.True(second.MatchesHostname("localhost"));
        Assert.True(second.MatchesHostname("127.0.0.1"));
        Assert.True(second.MatchesHostname("::1"));
        foreach (var key in (string[])["ca.key", "server.key"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory[$"tls/{key}"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory["tls"]));
    }

    [Fact]
    public void Load_NearTheEndOfTheCertificate_MakesAnotherOfTheSameCa()
    {
        using var first = Load();
        var ca = File.ReadAllText(directory["tls/ca.crt"]);
        clock.Advance(TimeSpan.FromDays(370));

        using var second = Load();

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.Equal(ca, File.ReadAllText(directory["tls/ca.crt"]));
        Assert.True(IsTrusted(second));
    }

    [Fact]
    public void Load_AfterTheCaWasReplaced_MakesACertificateOfTheNewCa()
    {
        using var first = Load();
        File.Delete(directory["tls/ca.crt"]);

        using var second = Load();

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.True(IsTrusted(second));
    }

    private X509Certificate2 Load() => new DevelopmentCertificate(directory["tls"], clock).Load();

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var ca = X509CertificateLoader.LoadCertificateFromFile(directory["tls/ca.crt"]);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }
}
