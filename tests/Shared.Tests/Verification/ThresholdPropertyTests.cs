using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Adding a valid signature never loses anything, removing or spoiling one never gains anything.</summary>
public sealed class ThresholdPropertyTests
{
    private static readonly ISigningKey[] Keys = [.. TestKeys.New(5), TestKeys.Of(SignatureScheme.Ed25519), TestKeys.Of(SignatureScheme.EcdsaP384Sha384)];

    [Fact]
    public void Count_AnySequenceOfChanges_IsMonotone() => Property.ForAll(40, random =>
    {
        var role = new RoleKeys { KeyIds = [.. Keys.Where(_ => random.Next(4) > 0).Select(Id)], Threshold = random.Next(1, Keys.Length + 1) };
        var keys = Keys.ToDictionary(Id, key => key.Describe());
        var signatures = new Dictionary<KeyId, byte[]>();
        var before = Count(signatures, keys, role);
        for (var step = 0; step < 20; step++)
        {
            var key = Keys[random.Next(Keys.Length)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    signatures[Id(key)] = key.Sign(Payload);
                    break;
                case 2:
                    signatures.Remove(Id(key));
                    break;
                default:
                    signatures[Id(key)] = random.Next(3) switch { 0 => [], 1 => Keys[random.Next(Keys.Length)].Sign("other"u8), _ => Flipped(key.Sign(Payload), random) };
                    break;
            }
            var after = Count(signatures, keys, role);
            var isGood = signatures.TryGetValue(Id(key), out var value) && SignatureVerifier.Verify(key.Describe(), Payload, value);

            Assert.True(isGood ? before.Signed.ToHashSet().IsSubsetOf(after.Signed) : after.Signed.ToHashSet().IsSubsetOf(before.Signed));
            Assert.True(isGood ? after.IsMet || !before.IsMet : before.IsMet || !after.IsMet);
            Assert.Equal(after.Signed.Length >= role.Threshold, after.IsMet);
            before = after;
        }
    });

    private static readonly Targets Content = new() { Version = 1, Expires = FixedTime.Start, TargetFiles = new Dictionary<string, TargetFile>() };
    private static readonly byte[] Payload = TufFormat.Instance.Read<Targets>(File([]), int.MaxValue).Payload.ToArray();

    private static ThresholdResult Count(Dictionary<KeyId, byte[]> signatures, Dictionary<KeyId, PublicKey> keys, RoleKeys role) =>
        SignatureThreshold.Count(TufFormat.Instance.Read<Targets>(File(signatures), int.MaxValue), keys, role);

    private static byte[] File(Dictionary<KeyId, byte[]> signatures) =>
        TufFormat.Instance.WriteFile(TufFormat.Instance.WriteSigned(Content), signatures.Select(entry => new Signature(entry.Key, entry.Value)));

    private static KeyId Id(ISigningKey key) => key.Describe().Id;

    private static byte[] Flipped(byte[] signature, Random random)
    {
        signature[random.Next(signature.Length)] ^= (byte)(1 << random.Next(8));
        return signature;
    }
}
