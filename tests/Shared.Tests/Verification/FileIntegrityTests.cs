using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Verification;

public sealed class FileIntegrityTests
{
    private static readonly byte[] Bytes = "content"u8.ToArray();
    private static readonly FileHash Sha256 = new("sha256", System.Security.Cryptography.SHA256.HashData(Bytes));
    private static readonly FileHash Sha512 = new("sha512", System.Security.Cryptography.SHA512.HashData(Bytes));
    private static readonly FileHash Unknown = new("blake3", new byte[32]);

    [Fact]
    public void Check_EveryKnownHashHolds_IsAccepted()
    {
        FileIntegrity.Check(Bytes, null, null, "file");
        FileIntegrity.Check(Bytes, 7, new FileHashes([Sha256]), "file");
        FileIntegrity.Check(Bytes, 7, new FileHashes([Unknown, Sha512, Sha256]), "file");
    }

    [Fact]
    public void Check_LengthDiffers_IsRefusedBeforeAnyHash() =>
        Refusal.Of(TrustError.LengthMismatch, () => FileIntegrity.Check(Bytes, 8, new FileHashes([Unknown]), "file"));

    [Fact]
    public void Check_OneOfTheKnownHashesDiffers_IsRefused()
    {
        Refusal.Of(TrustError.HashMismatch, () => FileIntegrity.Check(Bytes, 7, new FileHashes([Sha256, Sha512 with { Value = new byte[64] }]), "file"));
        Refusal.Of(TrustError.HashMismatch, () => FileIntegrity.Check(Bytes, 7, new FileHashes([Sha256 with { Value = Sha256.Value[..31] }]), "file"));
        Refusal.Of(TrustError.HashMismatch, () => FileIntegrity.Check(Bytes, 7, new FileHashes([Sha256 with { Value = default }]), "file"));
    }

    [Fact]
    public void Check_NoKnownHash_IsRefused() =>
        Refusal.Of(TrustError.NoSupportedHash, () => FileIntegrity.Check(Bytes, 7, new FileHashes([Unknown]), "file"));
}
