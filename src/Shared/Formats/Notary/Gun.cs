using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Formats.Notary;

/// <summary>The name of a Notary repository, "globally unique name": any text that fits into a path, upper case and short names included.</summary>
public static class Gun
{
    /// <summary>Reads a name exactly as it stands; <c>alpine</c> and <c>docker.io/library/alpine</c> are two repositories.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/></exception>
    public static RepositoryName Parse(string text) => RepositoryName.ParseExact(text);
}
