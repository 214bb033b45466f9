using System.Security.Cryptography;
using TrustService.Errors;

namespace TrustService.Keys;

/// <summary>A private key file: the PEM text that holds one private key, encrypted or not.</summary>
/// <remarks>
/// Written is one form only: <c>ENCRYPTED PRIVATE KEY</c>, PKCS#8 with PBES2. Read are also plain PKCS#8, <c>EC PRIVATE
/// KEY</c>, <c>RSA PRIVATE KEY</c>, and the key files of Docker Content Trust and Notary, which have headers inside the PEM,
/// the old ones <c>DEK-Info</c> among them.
/// Source: RFC 7468 §10 and §11, RFC 5915, RFC 8017 A.1.2, RFC 1421 §4.4.
/// </remarks>
public sealed class PrivateKeyFile : IDisposable
{
    /// <summary>Bytes that a key file may have.</summary>
    public const int MaxBytes = 64 * 1024;

    // Shorter than a line of base64.
    private const int MaxRoleLength = 63;
    private const int MaxRepositoryLength = 255;

    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const string OldEd25519 = "ED25519 PRIVATE KEY";

    private readonly PemBlock block;

    private PrivateKeyFile(PemBlock block) => this.block = block;

    /// <summary>True if a passphrase is needed to open it.</summary>
    public bool IsEncrypted => block.Label == Encrypted || OldPemEncryption.IsUsed(block);

    /// <summary>The role that a key file of Docker Content Trust names, or null.</summary>
    public string? Role => Header("role", MaxRoleLength);

    /// <summary>The repository that a key file of Docker Content Trust names, or null.</summary>
    public string? Repository => Header("gun", MaxRepositoryLength);

    /// <summary>Reads a key file without opening the key.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.TooLarge"/> or <see cref="TrustError.InvalidKeyFile"/>.</exception>
    public static PrivateKeyFile Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
            throw new TrustException(TrustError.TooLarge, $"The key file has {file.Length} bytes; at most {MaxBytes} are read.");
        PemBlock? found = null;
        var blocks = PemBlock.ReadAll(file);
        foreach (var block in blocks)
        {
            // "EC PARAMETERS", certificates and public keys may stand beside the key.
            if (!block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                continue;
            if (found is not null)
                throw Invalid("it holds more than one private key", "Keep each key in a file of its own.");
            found = block;
        }
        return found is null ? throw NoPrivateKey.In(file, blocks) : new PrivateKeyFile(Supported(found));
    }

    /// <summary>Writes a key encrypted with a passphrase.</summary>
    /// <param name="key">The key.</param>
    /// <param name="passphrase">UTF-8; empty is a passphrase as well.</param>
    public static byte[] Write(IExportableKey key, ReadOnlySpan<byte> passphrase) => Write(key, passphrase, EncryptedPkcs8.DefaultIterations);

    /// <summary>Writes a key encrypted with a passphrase, as the clients of Notary and of Docker Content Trust read it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="keyId">Their id of the key, by which the importing client calls it.</param>
    /// <param name="role">What it is for, in their words: <c>root</c>, <c>targets</c> or a delegated role.</param>
    /// <param name="repository">The one repository that it belongs to, or null; root keys belong to none.</param>
    public static byte[] WriteForNotary(IExportableKey key, ReadOnlySpan<byte> passphrase, Metadata.KeyId keyId, string role, string? repository)
    {
        var pkcs8 = key.ExportPkcs8();
        var content = key.Scheme == Metadata.SignatureScheme.Ed25519 ? NotaryEd25519.WritePkcs8(pkcs8, key.Material.Span) : (byte[])pkcs8.Clone();
        try
        {
            var pem = PemEncoding.WriteString(Encrypted, EncryptedPkcs8.EncryptForNotary(content, passphrase));
            var body = pem.IndexOf('\n', StringComparison.Ordinal) + 1;
            var headers = $"{(repository is null ? "" : $"gun: {repository}\n")}path: {keyId}\nrole: {role}\n\n";
            return System.Text.Encoding.UTF8.GetBytes($"{pem[..body]}{headers}{pem[body..]}\n");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Opens the key.</summary>
    /// <param name="passphrase">UTF-8; not used for a file that is not encrypted.</param>
    /// <exception cref="TrustException">
    /// <see cref="TrustError.WrongPassphrase"/>, <see cref="TrustError.InvalidKeyFile"/> or <see cref="TrustError.UnacceptableKey"/>.
    /// </exception>
    public IExportableKey Open(ReadOnlySpan<byte> passphrase)
    {
        var content = block.Label == Encrypted ? EncryptedPkcs8.Decrypt(block.Content, passphrase)
            : OldPemEncryption.IsUsed(block) ? OldPemEncryption.Decrypt(block, passphrase)
            : (byte[])block.Content.Clone();
        try
        {
            return Read(content);
        }
        catch (TrustException e) when (e.Error == TrustError.InvalidKeyFile && OldPemEncryption.IsUsed(block))
        {
            // Nothing but its last bytes tells that something else than the key came out.
            throw new TrustException(TrustError.WrongPassphrase, "The passphrase does not open the key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Clears what the file held.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(block.Content);

    internal static byte[] Write(IExportableKey key, ReadOnlySpan<byte> passphrase, int iterations)
    {
        var pkcs8 = key.ExportPkcs8();
        try
        {
            return System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString(Encrypted, EncryptedPkcs8.Encrypt(pkcs8, passphrase, iterations)) + "\n");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static PemBlock Supported(PemBlock block) => block.Label switch
    {
        Encrypted or Pkcs8 or Sec1 or Pkcs1 or OldEd25519 => block,
        "OPENSSH PRIVATE KEY" => throw Invalid("it is an OpenSSH key", "Convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY"),
        // What the file calls its form is text of the file, which is not shown.
        _ => throw Invalid("it is a key of a form that is not read here", $"Forms that are read: {Encrypted}, {Pkcs8}, {Sec1}, {Pkcs1}."),
    };

    // A header to which the next line was joined is shown nowhere.
    private string? Header(string name, int maxLength) =>
        block.Headers.GetValueOrDefault(name) is { } value && value.Length <= maxLength && !value.Contains(' ', StringComparison.Ordinal) ? value : null;

    private IExportableKey Read(byte[] content)
    {
        switch (block.Label)
        {
            case Sec1:
                return ReadOld(ECDsa.Create(), key => key.ImportECPrivateKey(content, out _));
            case Pkcs1:
                return ReadOld(RSA.Create(), key => key.ImportRSAPrivateKey(content, out _));
            case OldEd25519:
                return NotaryEd25519.TryRead(content) ?? throw Damaged(null);
            default:
                return SigningKeys.ImportPkcs8(content);
        }
    }

    private static IExportableKey ReadOld<TKey>(TKey key, Action<TKey> import)
        where TKey : AsymmetricAlgorithm
    {
        byte[] pkcs8;
        using (key)
        {
            try
            {
                import(key);
                pkcs8 = key.ExportPkcs8PrivateKey();
            }
            catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
            {
                throw Damaged(e);
            }
        }
        try
        {
            return SigningKeys.ImportPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static TrustException Damaged(Exception? inner) =>
        new(TrustError.InvalidKeyFile, "The key file cannot be used: the key inside it is damaged or of an unknown kind.", inner);

    private static TrustException Invalid(string problem, string hint) =>
        new(TrustError.InvalidKeyFile, $"The key file cannot be used: {problem}.") { Hint = hint };
}
