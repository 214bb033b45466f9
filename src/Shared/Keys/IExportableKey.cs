namespace TrustService.Keys;

/// <summary>A signing key whose private half is in memory and can be written to a key file.</summary>
public interface IExportableKey : ISigningKey
{
    /// <summary>The private key as DER PKCS#8, not encrypted. The caller clears the array after use.</summary>
    byte[] ExportPkcs8();
}
