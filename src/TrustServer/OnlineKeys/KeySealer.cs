using System.Security.Cryptography;
using System.Text;
using TrustService.Errors;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Server.OnlineKeys;

/// <summary>
/// Seals private keys for the database: AES-256-GCM under the master key, bound to repository, role and fingerprint, so
/// that a sealed key opens in its own row only.
/// </summary>
/// <remarks>Envelope: one byte format (1), 8 bytes master key id, 12 bytes nonce, ciphertext, 16 bytes tag. Source: NIST SP 800-38D.</remarks>
internal sealed class KeySealer(MasterKey master)
{
    private const byte Format = 1;
    private const int IdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + IdBytes + NonceBytes;

    /// <summary>Seals a private key.</summary>
    public byte[] Seal(RepositoryName repository, RoleName role, string fingerprint, ReadOnlySpan<byte> privateKey)
    {
        var envelope = new byte[HeaderBytes + privateKey.Length + TagBytes];
        envelope[0] = Format;
        Convert.FromHexString(master.Id).CopyTo(envelope, 1);
        var nonce = envelope.AsSpan(1 + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(master.Sealing, TagBytes);
        cipher.Encrypt(nonce, privateKey, envelope.AsSpan(HeaderBytes, privateKey.Length), envelope.AsSpan(^TagBytes..), AssociatedData(repository, role, fingerprint));
        return envelope;
    }

    /// <summary>True if the envelope says that it was sealed under this master key.</summary>
    public bool IsOwn(ReadOnlySpan<byte> envelope) =>
        envelope.Length >= HeaderBytes + TagBytes && envelope[0] == Format && Hex.Encode(envelope.Slice(1, IdBytes)) == master.Id;

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <returns>The private key, which the caller clears.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/>.</exception>
    public byte[] Open(RepositoryName repository, RoleName role, string fingerprint, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < HeaderBytes + TagBytes || envelope[0] != Format)
            throw Refusal(repository, role, "is sealed in a form that this program does not know");
        var id = Hex.Encode(envelope.Slice(1, IdBytes));
        if (id != master.Id)
            throw Refusal(repository, role, $"is sealed under the master key {id}, and this server has the master key {master.Id}");
        var privateKey = new byte[envelope.Length - HeaderBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(master.Sealing, TagBytes);
            cipher.Decrypt(envelope.Slice(1 + IdBytes, NonceBytes), envelope[HeaderBytes..^TagBytes], envelope[^TagBytes..], privateKey, AssociatedData(repository, role, fingerprint));
            return privateKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Refusal(repository, role, "was changed in the database, or belongs to another row");
        }
    }

    /// <summary>A refusal to use a key.</summary>
    public static TrustException Refusal(RepositoryName repository, RoleName role, string problem) =>
        new(TrustError.OnlineKeyUnavailable, $"The online key of {role} of {repository} {problem}.")
        {
            Role = role.Value,
            Hint = "Start the server with the master key that sealed it. If that is lost, rotate the online keys with the root key.",
        };

    /// <summary>None of the parts can hold the line feed between them.</summary>
    private static byte[] AssociatedData(RepositoryName repository, RoleName role, string fingerprint) =>
        Encoding.UTF8.GetBytes($"{repository}\n{role}\n{fingerprint}");
}
