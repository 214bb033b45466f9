namespace TrustService.Errors;

/// <summary>What a run ended with; the number is the process exit code of <c>signer</c>.</summary>
public enum Outcome
{
    /// <summary>Done, or verified.</summary>
    Verified = 0,

    /// <summary>A failure that no other value names.</summary>
    Failure = 1,

    /// <summary>The command line or an argument is wrong; nothing was tried.</summary>
    Usage = 2,

    /// <summary>There is no trust data, or the tag is not signed.</summary>
    Unsigned = 10,

    /// <summary>Signatures, thresholds, versions or a policy refuse what was found.</summary>
    Untrusted = 11,

    /// <summary>The metadata has expired, or is older than the caller allows.</summary>
    Stale = 12,

    /// <summary>The registry serves something else than what is signed, or nothing any more.</summary>
    DigestMismatch = 13,

    /// <summary>The trust server or the registry cannot be reached; nothing was decided.</summary>
    Unreachable = 14,
}
