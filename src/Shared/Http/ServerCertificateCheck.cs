using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrustService.Errors;

namespace TrustService.Http;

/// <summary>Accepts what the system trusts, and chains that end in one of the extra certificate authorities.</summary>
internal sealed class ServerCertificateCheck(X509Certificate2Collection extra)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Reads the extra authorities.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.LocalFile"/> if a file cannot be read or holds no certificate.</exception>
    public static ServerCertificateCheck Load(IEnumerable<string> pemFiles)
    {
        var extra = new X509Certificate2Collection();
        foreach (var file in pemFiles)
            extra.AddRange(ReadPem(file));
        return new ServerCertificateCheck(extra);
    }

    /// <summary>Says yes or throws with the problem; a bare no would lose the reason on its way to the caller.</summary>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
            throw new CertificateException("it shows no certificate", "Check the address: its port may be another service's.");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw new CertificateException("its certificate is for another host name", "Use a name that its certificate holds, or have its operator make one with this name.");
        var problems = chain?.ChainStatus.Select(status => status.Status).ToArray() ?? [];
        if (extra.Count == 0)
            throw NotTrusted(problems);
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(extra);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain is not null)
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(leaf) ? true : throw NotTrusted([.. own.ChainStatus.Select(status => status.Status)]);
    }

    private static CertificateException NotTrusted(X509ChainStatusFlags[] problems)
    {
        // An authority that was made anew under its old name shows as an invalid signature.
        X509ChainStatusFlags[] unknown = [X509ChainStatusFlags.UntrustedRoot, X509ChainStatusFlags.PartialChain, X509ChainStatusFlags.NotSignatureValid];
        return problems switch
        {
            _ when problems.Contains(X509ChainStatusFlags.NotTimeValid) => new("its certificate is expired or not yet valid", "Its operator has to renew it, unless the clock of this machine is wrong."),
            _ when problems.Any(unknown.Contains) => new("its certificate was not issued by an authority that is trusted here"),
            _ => new($"its certificate is not acceptable ({string.Join(", ", problems)})"),
        };
    }

    private static X509Certificate2Collection ReadPem(string file)
    {
        try
        {
            if (Directory.Exists(file))
                throw Unusable(file, "it is a directory");
            if (new FileInfo(file).Length > HttpLimits.MaxCertificateFileBytes)
                throw Unusable(file, $"it has more than {HttpLimits.MaxCertificateFileBytes} bytes");
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(File.ReadAllText(file));
            return certificates.Count > 0 ? certificates : throw Unusable(file, "it holds no PEM certificate");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(file, e.Message.TrimEnd('.'), e);
        }
    }

    private static TrustException Unusable(string file, string problem, Exception? inner = null) =>
        new(TrustError.LocalFile, $"The certificate authorities in {file} cannot be used: {problem}.", inner);
}
