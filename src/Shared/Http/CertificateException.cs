using System.Security.Authentication;

namespace TrustService.Http;

/// <summary>A server's certificate is refused.</summary>
/// <param name="problem">What is wrong with it, as the end of a sentence.</param>
/// <param name="hint">What to do next, or null where another authority would make it right.</param>
internal sealed class CertificateException(string problem, string? hint = null) : AuthenticationException(problem)
{
    /// <summary>What to do next, or null where another authority would make it right.</summary>
    public string? Hint { get; } = hint;
}
