using TrustService.Metadata;

namespace TrustService.Server.Stores;

/// <summary>An online key that takes over from the ones before it by a publication, without a new root: the root lists it already.</summary>
/// <param name="Role">Snapshot or timestamp.</param>
/// <param name="Fingerprint">SHA-256 of <paramref name="Material"/>, 64 lower-case hexadecimal digits.</param>
/// <param name="Scheme">How it signs, as it lies in the table.</param>
/// <param name="Material">The public key.</param>
/// <param name="Sealed">The private key, sealed under the master key.</param>
internal sealed record ActivatedKey(RoleName Role, string Fingerprint, string Scheme, ReadOnlyMemory<byte> Material, ReadOnlyMemory<byte> Sealed);
