using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TrustService.Errors;

namespace TrustService.Server.Hosting;

/// <summary>The certificate that the server shows. One that cannot be read ends the start: there is no falling back to plain HTTP.</summary>
internal static class TlsFiles
{
    /// <summary>Directory of the development certificate.</summary>
    public static string DevelopmentDirectory(ServerSettings settings) => Path.Combine(settings.DataDirectory, "tls");

    /// <summary>Reads or makes the certificate.</summary>
    /// <returns>Null if the settings ask for none.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/></exception>
    public static HttpsConnectionAdapterOptions? Load(ServerSettings settings, TimeProvider time)
    {
        try
        {
            if (settings.DevTls)
                return new HttpsConnectionAdapterOptions { ServerCertificate = new DevelopmentCertificate(DevelopmentDirectory(settings), time).Load() };
            if (settings.TlsCert is not { } certFile)
                return null;
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certFile);
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(certFile, settings.TlsKey),
                ServerCertificateChain = [.. chain.Skip(1)],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            var files = settings.DevTls ? $"in {DevelopmentDirectory(settings)}" : $"{settings.TlsCert} with the key {settings.TlsKey}";
            throw new TrustException(TrustError.LocalFile, $"The TLS certificate {files} cannot be used: {e.Message}", e)
            {
                Hint = settings.DevTls ? "Remove that directory to have a new certificate made." : "Give a PEM certificate chain and its unencrypted PEM private key, both readable by the server's user.",
            };
        }
    }
}
