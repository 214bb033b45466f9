using System.Collections.Immutable;
using TrustService.Http;

namespace TrustService.Registry;

/// <summary>How registries are reached.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// True for plain HTTP with any registry, false for HTTPS with any; null for HTTPS, except that a registry on this machine
    /// for which no certificate authority is configured is reached by plain HTTP.
    /// </summary>
    public bool? PlainHttp { get; init; }

    /// <summary>PEM file with certificate authorities trusted besides the system's, or null.</summary>
    public string? ExtraCaFile { get; init; }

    /// <summary>Directories that hold a directory for each registry host with its authorities as <c>*.crt</c>.</summary>
    public ImmutableArray<string> CertificateDirectories { get; init; } = [];

    /// <summary>Finds credentials, or null to go without.</summary>
    public IRegistryCredentials? Credentials { get; init; }

    /// <summary>Time for one request and its whole answer.</summary>
    public TimeSpan Timeout { get; init; } = HttpLimits.TotalTimeout;

    /// <summary>What users of other container tools expect: their credential files, helpers and certificate directories.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static RegistryOptions FromEnvironment(Func<string, string?> variable)
    {
        var home = variable("HOME");
        return new RegistryOptions
        {
            CertificateDirectories =
            [
                .. string.IsNullOrEmpty(home) ? (string[])[] : [Path.Combine(home, ".config/containers/certs.d")],
                "/etc/containers/certs.d",
                "/etc/docker/certs.d",
            ],
            Credentials = DockerCredentials.FromEnvironment(variable),
        };
    }
}
