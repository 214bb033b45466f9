using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyPrograms;

/// <summary>A private key behind a program, which is run for every signature.</summary>
/// <param name="call">Runs the program.</param>
/// <param name="uri">Program and key.</param>
/// <param name="known">Its public half.</param>
internal sealed class ProgramKey(ProgramCall call, ProgramUri uri, PublicKey known) : ISigningKey
{
    /// <inheritdoc/>
    public SignatureScheme Scheme => known.Scheme;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Material => known.Material;

    /// <inheritdoc/>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[] Sign(ReadOnlySpan<byte> payload) =>
        OthersSignatures.Require(known, payload, ProgramMessages.ReadSignature(call.Run(ProgramMessages.WriteSignRequest(uri.Key, Scheme, payload)), uri.Path), uri.Path);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing stays open between two signatures.
    }
}
