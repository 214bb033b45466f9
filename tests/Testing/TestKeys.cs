using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Testing;

/// <summary>Real keys for tests.</summary>
public static class TestKeys
{
    private static readonly Lazy<ISigningKey> SharedRsa = new(() => SigningKeys.Generate(SignatureScheme.RsaPssSha256));

    /// <summary>A new key of the default scheme.</summary>
    public static ISigningKey New() => SigningKeys.Generate(SigningKeys.DefaultScheme);

    /// <summary>Several new keys of the default scheme.</summary>
    public static ISigningKey[] New(int count) => [.. Enumerable.Range(0, count).Select(_ => New())];

    /// <summary>A key of a scheme. RSA keys take long to make, so all tests share one.</summary>
    public static ISigningKey Of(SignatureScheme scheme) =>
        scheme == SignatureScheme.RsaPssSha256 ? SharedRsa.Value : SigningKeys.Generate(scheme);

    /// <summary>The public key as TUF metadata lists it.</summary>
    public static PublicKey Describe(this ISigningKey key) => TufFormat.Instance.DescribeKey(key.Scheme, key.Material);
}
