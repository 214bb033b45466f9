using System.Collections.Immutable;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Formats;

/// <summary>Where the rules of the formats differ; the verifying chain is the same for all.</summary>
public sealed record FormatRules
{
    /// <summary>True if timestamp and snapshot name the version of what they list (TUF); false if only hashes (Notary).</summary>
    public required bool ParentsNameVersions { get; init; }

    /// <summary>True if snapshot lists the root as well; the listed file must then be the trusted one.</summary>
    public required bool SnapshotListsRoot { get; init; }

    /// <summary>True if a snapshot may leave out a role that the one before it listed.</summary>
    public required bool MaySnapshotDropRoles { get; init; }

    /// <summary>True if the snapshot key may be the owner's, who then uploads snapshot with the rest.</summary>
    public required bool MaySnapshotBeUploaded { get; init; }

    /// <summary>The highest version that the first published root may have.</summary>
    public required long MaxFirstRootVersion { get; init; }

    /// <summary>True if a root must list the operator's standby keys beside the server's own; false if its tools know one key of the server for each role.</summary>
    public required bool RootListsStandbyKeys { get; init; }

    /// <summary>True if files that are published already may be uploaded again, which changes nothing; false if that is a conflict, and an upload without files asks for a new snapshot and timestamp.</summary>
    public required bool IsRepeatNoChange { get; init; }

    /// <summary>True if what the server signs lists SHA-512 beside SHA-256.</summary>
    public required bool ListsSha512 { get; init; }

    /// <summary>What a delegated role that cannot be had or verified does to a search.</summary>
    public required UnverifiableRole UnverifiableRole { get; init; }

    /// <summary>True if a delegated role may be left without any key, so that nobody speaks for it until it gets one.</summary>
    public required bool MayDelegateToNobody { get; init; }

    /// <summary>How long before its expiry clients begin to warn of a snapshot: the server signs it for that much longer, and anew before they do.</summary>
    public required TimeSpan SnapshotWarning { get; init; }

    /// <summary>The roles that name images, in the order of the search; none if the search goes through all delegations.</summary>
    public required ImmutableArray<RoleName> ImageRoles { get; init; }

    /// <summary>True if <c>pattern</c> lets a delegated role speak for <c>targetPath</c>.</summary>
    public required Func<string, string, bool> PathMatches { get; init; }

    /// <summary>True if a pattern of a delegated role, first, counts under a pattern of the role that delegates to it.</summary>
    public required Func<string, string, bool> IsPatternWithin { get; init; }

    /// <summary>True if a role, first, may delegate to a role of that name.</summary>
    public required Func<RoleName, RoleName, bool> MayDelegate { get; init; }

    /// <summary>True if every server of the format leaves members that it does not know as they are; false if some would break a repository that has any.</summary>
    public required bool ServersKeepUnknownMembers { get; init; }

    /// <summary>True if a key of the root role is a certificate for the repository, which its holder makes with the private key; false if it is a public key.</summary>
    public required bool RootKeysAreCertificates { get; init; }

    /// <summary>What is wrong with a key of the root role for that repository at that time, or null.</summary>
    public required Func<PublicKey, RepositoryName, DateTimeOffset, RootKeyProblem?> RootKeyProblem { get; init; }

    /// <summary>True if the certificate of a key, valid at that time, leads to one of these authorities (DER); false if keys have none.</summary>
    public required Func<PublicKey, IReadOnlyList<ReadOnlyMemory<byte>>, DateTimeOffset, bool> KeyLeadsTo { get; init; }

    /// <summary>The kinds of keys that may be made for root.</summary>
    public required ImmutableArray<SignatureScheme> RootSchemes { get; init; }

    /// <summary>The kinds of keys that may be made for other roles.</summary>
    public required ImmutableArray<SignatureScheme> Schemes { get; init; }

    /// <summary>The file's name on a server and in its URL: <c>3.snapshot.json</c>. Version null asks for the current one.</summary>
    public required Func<RoleName, long?, string> FileName { get; init; }

    /// <summary>The name under which a server has the file that a parent lists; the last argument is root's <c>consistent_snapshot</c>.</summary>
    public required Func<RoleName, MetaFile, bool, string> ListedFileName { get; init; }

    /// <summary>Checks a role name against what may be written in this format.</summary>
    public required Func<RoleName, bool> MayWriteRoleName { get; init; }

    /// <summary>Checks a path pattern of a delegation against what may be written in this format.</summary>
    public required Func<string, bool> MayWritePathPattern { get; init; }

    /// <summary>Checks a target path against what may be written in this format.</summary>
    public required Func<string, bool> MayWriteTargetPath { get; init; }

    /// <summary>True if targets may be spread over hash bins.</summary>
    public required bool MayHaveHashBins { get; init; }

    /// <summary>True if an image is signed by every delegated role whose key is at hand, where there are any; false if by one role, which a search finds first.</summary>
    public required bool DelegatesSignImages { get; init; }

    /// <summary>How somebody is let sign images.</summary>
    public required SignerRules Signers { get; init; }

    /// <summary>True if the target of an image says its media type as custom data; false if only its owner's words are custom data.</summary>
    public required bool TargetsNameMediaTypes { get; init; }

    /// <summary>True if every target is an image, so that it has a sha256 and is not empty; false if other files are signed as well.</summary>
    public required bool TargetsAreImages { get; init; }
}
