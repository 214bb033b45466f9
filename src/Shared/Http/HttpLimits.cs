namespace TrustService.Http;

/// <summary>Every maximum for HTTP answers, whoever gives them.</summary>
public static class HttpLimits
{
    /// <summary>Redirects that are followed for one request.</summary>
    public const int MaxRedirects = 5;

    /// <summary>Bytes of the body of an answer that is an error; longer ones are ignored.</summary>
    public const int MaxErrorBodyBytes = 64 * 1024;

    /// <summary>Kibibytes of the header of an answer.</summary>
    public const int MaxHeaderKibibytes = 32;

    /// <summary>Bytes of a file with certificates.</summary>
    public const int MaxCertificateFileBytes = 1024 * 1024;

    /// <summary>Time to establish a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Time from the start of a request to the last byte of its answer, redirects included.</summary>
    public static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(60);
}
