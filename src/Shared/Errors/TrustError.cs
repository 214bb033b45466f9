namespace TrustService.Errors;

/// <summary>
/// Every coded refusal of the product. <see cref="TrustErrors"/> maps each to its stable code, its HTTP status, its
/// exit code and a sentence.
/// </summary>
public enum TrustError
{
    /// <summary>Bytes are not strict JSON: syntax, depth, duplicate members, floats, invalid text.</summary>
    MalformedJson,

    /// <summary>JSON that is not the metadata it should be: a missing member, a wrong type, a value out of range.</summary>
    MalformedMetadata,

    /// <summary><c>spec_version</c> has a major number that is not known.</summary>
    UnsupportedSpecVersion,

    /// <summary><c>_type</c> is not the role that was asked for.</summary>
    WrongRoleType,

    /// <summary>More bytes, entries or parts than the named limit.</summary>
    TooLarge,

    /// <summary>One keyid signs the same file twice.</summary>
    DuplicateSignature,

    /// <summary>Fewer valid signatures by different keys than the threshold.</summary>
    ThresholdNotMet,

    /// <summary>The version inside a file is not the one that its name or its parent says.</summary>
    VersionMismatch,

    /// <summary>A version is lower than one that was already trusted.</summary>
    VersionRollback,

    /// <summary>A version is further ahead than the named limit allows.</summary>
    VersionJump,

    /// <summary>A version number that is already taken by other content.</summary>
    VersionTaken,

    /// <summary>A role that was listed before is missing from snapshot.</summary>
    RoleRemoved,

    /// <summary>A role that snapshot does not list.</summary>
    RoleNotListed,

    /// <summary>A file's length is not the one that its parent lists.</summary>
    LengthMismatch,

    /// <summary>A file's hash is not the one that its parent lists.</summary>
    HashMismatch,

    /// <summary>No hash with a known algorithm is listed.</summary>
    NoSupportedHash,

    /// <summary>The metadata's expiry lies at or before the reference time.</summary>
    Expired,

    /// <summary>The metadata is older than the caller allows.</summary>
    TooOld,

    /// <summary>The clock shows an earlier time than a former run saw.</summary>
    ClockWentBack,

    /// <summary>An expiry date so near that clients would be locked out before anybody could act.</summary>
    ExpiryTooNear,

    /// <summary>An expiry date further ahead than the named limit.</summary>
    ExpiryTooFar,

    /// <summary>The search through delegations visited more roles than the named limit.</summary>
    DelegationLimit,

    /// <summary>No pinned root was given for the repository.</summary>
    RootNotPinned,

    /// <summary>The pinned root does not fit what the trust server offers.</summary>
    RootMismatch,

    /// <summary>Metadata of another repository.</summary>
    WrongRepository,

    /// <summary>The repository is kept in another format than the one that was asked for.</summary>
    WrongFormat,

    /// <summary>A root lacks a role or a key without which clients would be locked out.</summary>
    IncompleteRoot,

    /// <summary>A key that may not be used: too small, not on its curve, of an unknown kind.</summary>
    UnacceptableKey,

    /// <summary>A private key stands where only public keys may be.</summary>
    PrivateKeyInMetadata,

    /// <summary>A name that is not a repository.</summary>
    InvalidRepositoryName,

    /// <summary>Text that is not an image reference.</summary>
    InvalidReference,

    /// <summary>Text that is not a digest.</summary>
    InvalidDigest,

    /// <summary>Text that is not a role name.</summary>
    InvalidRoleName,

    /// <summary>Text that is not a target path.</summary>
    InvalidTargetPath,

    /// <summary>A manifest, index or layout that cannot be signed or trusted.</summary>
    InvalidManifest,

    /// <summary>The trust server knows no such repository.</summary>
    RepositoryUnknown,

    /// <summary>The trust server has no such file.</summary>
    MetadataUnknown,

    /// <summary>The repository already exists.</summary>
    RepositoryExists,

    /// <summary>The tag or digest is not signed.</summary>
    NotSigned,

    /// <summary>The image is not in the registry or layout.</summary>
    ImageUnknown,

    /// <summary>The registry has no image under a name that is signed.</summary>
    ImageGone,

    /// <summary>The registry serves another digest than the signed one.</summary>
    DigestMismatch,

    /// <summary>The registry answered with something that contradicts itself.</summary>
    RegistryInconsistent,

    /// <summary>The registry refuses access.</summary>
    RegistryDenied,

    /// <summary>The registry cannot be reached.</summary>
    RegistryUnreachable,

    /// <summary>The trust server cannot be reached.</summary>
    ServerUnreachable,

    /// <summary>The trust server answered with something that it should not.</summary>
    ServerRefused,

    /// <summary>Authentication is missing or not accepted.</summary>
    Unauthorized,

    /// <summary>Access is not allowed.</summary>
    Forbidden,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>Another publisher was first.</summary>
    PublishConflict,

    /// <summary>The trust server found something wrong with an update, and says what.</summary>
    UpdateRefused,

    /// <summary>A request that cannot be read: not multipart, a part without a name, an unknown part.</summary>
    MalformedRequest,

    /// <summary>The server cannot sign, because its online key or master key is not available.</summary>
    OnlineKeyUnavailable,

    /// <summary>The server's store does not answer.</summary>
    StoreUnavailable,

    /// <summary>What is stored for a repository does not belong together.</summary>
    StoreDamaged,

    /// <summary>The server's database is older than what the server has published, so that it must not sign.</summary>
    DatabaseRestored,

    /// <summary>The passphrase does not open the key.</summary>
    WrongPassphrase,

    /// <summary>A passphrase is needed and nothing gave one.</summary>
    PassphraseNeeded,

    /// <summary>A key that is needed is not in the key store.</summary>
    KeyNotFound,

    /// <summary>A key cannot be used where it lives: its token is absent or locked, its program fails, or what it signs does not verify.</summary>
    KeyUnavailable,

    /// <summary>A key file that cannot be read.</summary>
    InvalidKeyFile,

    /// <summary>A proposal of a root, or another file of a ceremony, that cannot be read.</summary>
    InvalidProposal,

    /// <summary>A backup of keys, or a share of one, is damaged, mistyped, incomplete, or none.</summary>
    InvalidBackup,

    /// <summary>An archive of trust data is damaged, incomplete, or none.</summary>
    InvalidArchive,

    /// <summary>Something with that name exists already.</summary>
    AlreadyExists,

    /// <summary>A plain HTTP or otherwise insecure connection without being told so.</summary>
    InsecureTransport,

    /// <summary>An argument, option or configuration value is wrong.</summary>
    Usage,

    /// <summary>A local file cannot be read or written.</summary>
    LocalFile,

    /// <summary>The caller did not confirm.</summary>
    Declined,

    /// <summary>A change would leave a role with fewer keys than it needs.</summary>
    ThresholdUnreachable,

    /// <summary>No change waits for signatures.</summary>
    NothingPending,

    /// <summary>A pending change was made for a version that is not the current one any more.</summary>
    PendingIsStale,
}
