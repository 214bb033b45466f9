using TrustService.Errors;

namespace TrustService.Http;

/// <summary>Who is at the other end of a connection, so that failures get the right code and advice.</summary>
/// <param name="Name">Name for messages.</param>
/// <param name="Unreachable">Code if there is no complete answer.</param>
/// <param name="Misbehaving">Code if the answer breaks the rules of HTTP or of this product.</param>
/// <param name="Denied">Code if it lets nobody in with what was given.</param>
/// <param name="CaOption">Option that names an extra certificate authority.</param>
public sealed record HttpPeer(string Name, TrustError Unreachable, TrustError Misbehaving, TrustError Denied, string CaOption)
{
    /// <summary>The trust server.</summary>
    public static HttpPeer TrustServer { get; } = new("trust server", TrustError.ServerUnreachable, TrustError.ServerRefused, TrustError.Unauthorized, "--server-ca");

    /// <summary>A host of TUF metadata and target files.</summary>
    public static HttpPeer MetadataHost { get; } = new("host", TrustError.ServerUnreachable, TrustError.ServerRefused, TrustError.Unauthorized, "--server-ca");

    /// <summary>A container registry, or its token service.</summary>
    public static HttpPeer Registry { get; } = new("registry", TrustError.RegistryUnreachable, TrustError.RegistryInconsistent, TrustError.RegistryDenied, "--registry-ca");
}
