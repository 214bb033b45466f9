using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyPrograms;

/// <summary>Opens keys behind programs.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="timeout">How long a program may take to answer.</param>
/// <param name="say">Told what programs say to people.</param>
internal sealed class ProgramKeys(Func<string, string?> environment, TimeSpan timeout, Action<string> say)
{
    /// <summary>Opens the key that a URI names.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="known">Its public half, if it is known; else the program is asked.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> or <see cref="TrustError.KeyUnavailable"/>.</exception>
    public ISigningKey Open(string text, PublicKey? known)
    {
        var uri = ProgramUri.Parse(text, environment("PATH"));
        var call = new ProgramCall(uri.Path, timeout, say);
        return new ProgramKey(call, uri, known ?? ProgramMessages.ReadPublicKey(call.Run(ProgramMessages.WritePublicKeyRequest(uri.Key)), uri.Path));
    }
}
