using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Verification;

/// <summary>The only code that counts signatures, for every role, format and caller.</summary>
public static class SignatureThreshold
{
    /// <summary>Counts the valid signatures of <paramref name="metadata"/> by different keys of the role.</summary>
    /// <remarks>
    /// A key counts once, under however many ids it is listed (TAP 12). Signatures by others, and wrong ones, are passed
    /// over: they cannot spoil a threshold that the rest reaches. Source: TUF 1.0.34 §5.3.4.
    /// </remarks>
    /// <param name="metadata">The file.</param>
    /// <param name="keys">The keys that the delegating file lists.</param>
    /// <param name="role">Which of them belong to the role, and how many must sign.</param>
    public static ThresholdResult Count<TRole>(SignedMetadata<TRole> metadata, IReadOnlyDictionary<KeyId, PublicKey> keys, RoleKeys role)
        where TRole : class, IRole
    {
        var signatures = new Dictionary<KeyId, Signature>(metadata.Signatures.Length);
        foreach (var listed in metadata.Signatures)
            signatures[listed.KeyId] = listed;

        var counted = new HashSet<string>(StringComparer.Ordinal);
        var signed = ImmutableArray.CreateBuilder<KeyId>();
        var missing = ImmutableArray.CreateBuilder<KeyId>();
        foreach (var id in role.KeyIds)
        {
            var isSigned = keys.TryGetValue(id, out var key)
                && key.IsUsable
                && signatures.TryGetValue(id, out var signature)
                && !counted.Contains(key.Fingerprint)
                && SignatureVerifier.Verify(key, metadata.Payload.Span, signature)
                && counted.Add(key.Fingerprint);
            (isSigned ? signed : missing).Add(id);
        }
        return new ThresholdResult(role.Threshold, signed.ToImmutable(), missing.ToImmutable());
    }

    /// <summary>Refuses a file that too few keys have signed.</summary>
    /// <param name="metadata">The file.</param>
    /// <param name="name">Its role, for the message.</param>
    /// <param name="delegator">Whose keys decide, for the message: <c>root 3</c>.</param>
    /// <param name="keys">The keys that the delegating file lists.</param>
    /// <param name="role">Which of them belong to the role, and how many must sign.</param>
    /// <exception cref="TrustException"><see cref="TrustError.ThresholdNotMet"/></exception>
    public static ThresholdResult Require<TRole>(SignedMetadata<TRole> metadata, RoleName name, string delegator, IReadOnlyDictionary<KeyId, PublicKey> keys, RoleKeys role)
        where TRole : class, IRole
    {
        var result = Count(metadata, keys, role);
        return result.IsMet ? result : throw new TrustException(TrustError.ThresholdNotMet, Sentence(result, name, metadata.Signed.Version, delegator)) { Role = name.Value, Delegator = delegator };
    }

    private static string Sentence(ThresholdResult result, RoleName name, long version, string delegator)
    {
        var has = result.Signed.IsEmpty ? "none" : string.Join(", ", result.Signed.Select(id => id.Short));
        var missing = string.Join(", ", result.Missing.Take(8).Select(id => id.Short)) + (result.Missing.Length > 8 ? ", …" : "");
        return $"{name} {version} is not signed by enough of the keys that {delegator} lists: {result.Signed.Length} of {result.Threshold} (has {has}; missing {(missing.Length == 0 ? "none: the role has too few keys" : missing)}).";
    }
}
