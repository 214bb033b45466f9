using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>
/// What a publish would add to a repository: the uploaded files with a new snapshot and timestamp, verified as a client
/// would verify them. Nothing here reads or writes anything.
/// </summary>
public sealed class CandidateSet
{
    internal CandidateSet(PublishedSet set, ImmutableArray<CandidateFile> newFiles)
    {
        Set = set;
        NewFiles = newFiles;
    }

    /// <summary>What the repository publishes afterwards.</summary>
    public PublishedSet Set { get; }

    /// <summary>The files to add; none if what was uploaded is published already.</summary>
    public ImmutableArray<CandidateFile> NewFiles { get; }

    /// <summary>Roles whose versions go back: what is stored above them is given up.</summary>
    public ImmutableArray<RoleName> ResetRoles { get; init; } = [];

    /// <summary>Versions of snapshot and timestamp that were left out before the new files; 0 if snapshot is not among these.</summary>
    public long LeftOut { get; init; }

    /// <summary>True if nothing is to be added.</summary>
    public bool IsUnchanged => NewFiles.IsEmpty;

    /// <summary>The version of every role by its name; of hash bins, those of the new files.</summary>
    public IReadOnlyDictionary<string, long> Versions() => Set.Versions([.. NewFiles.Select(file => file.Role)]);

    /// <summary>Makes the next set from uploaded files.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="current">What is published now, or null if nothing is.</param>
    /// <param name="uploads">Files of root, targets and delegated roles, and of snapshot where the format allows that; one for each role at the most.</param>
    /// <param name="signers">The server's keys of this repository.</param>
    /// <param name="rules">The operator's rules.</param>
    /// <param name="referenceTime">The one time of this publish, UTC.</param>
    /// <param name="plausible">
    /// The highest versions of snapshot and timestamp that are no thief's; they are followed once no key counts that signed higher ones. Null if the published ones are.
    /// </param>
    /// <param name="lost">Versions that were published and lost, at the most: so many are left out.</param>
    /// <exception cref="TrustException">A coded refusal; what is published stays as it is.</exception>
    public static CandidateSet OfUploads(
        IMetadataFormat format, PublishedSet? current, IReadOnlyList<UploadedFile> uploads, OnlineSigners signers, PublishRules rules, DateTimeOffset referenceTime, OnlineVersions? plausible = null, long lost = 0)
    {
        if (current is not null && uploads.Count == 0 && !format.Rules.IsRepeatNoChange)
            return OfRenewal(current, renewsSnapshot: true, signers, rules, referenceTime, lost);
        // The same bytes again are not a change: a publisher that lost the answer may ask again.
        var changed = uploads.Where(upload => !format.Rules.IsRepeatNoChange || current?.File(upload.Role) is not { } file || !file.Span.SequenceEqual(upload.Data.Span)).ToDictionary(upload => upload.Role, upload => upload.Data);
        if (current is not null && changed.Count == 0)
            return new CandidateSet(current, []);
        RequireUploadable(format, current, changed.Keys);
        var root = RootStep.Next(format, current, changed, signers, rules, referenceTime);
        var targets = TargetsStep.Read(root, current, changed, rules, referenceTime);
        return OnlineStep.Sign(current, root, targets, changed.TryGetValue(RoleName.Snapshot, out var snapshot) ? snapshot : default(ReadOnlyMemory<byte>?), signers, rules, referenceTime, plausible, lost);
    }

    /// <summary>Makes the next set with the same content and later expiries.</summary>
    /// <param name="current">What is published now.</param>
    /// <param name="renewsSnapshot">True if snapshot is signed anew as well, not timestamp alone; it is not if its key is the owner's.</param>
    /// <param name="signers">The server's keys of this repository.</param>
    /// <param name="rules">The operator's rules.</param>
    /// <param name="referenceTime">The one time of this renewal, UTC.</param>
    /// <param name="lost">Versions that were published and lost, at the most: so many are left out.</param>
    /// <exception cref="TrustException"><see cref="TrustError.Expired"/> if root has expired; <see cref="TrustError.OnlineKeyUnavailable"/>.</exception>
    public static CandidateSet OfRenewal(PublishedSet current, bool renewsSnapshot, OnlineSigners signers, PublishRules rules, DateTimeOffset referenceTime, long lost = 0)
    {
        RootStep.RequireFresh(current.Root, referenceTime);
        var isOwners = current.Root.Format.Rules.MaySnapshotBeUploaded && signers.Find(current.Root.Metadata.Signed, RoleName.Snapshot) is null;
        return OnlineStep.Renew(current, renewsSnapshot && !isOwners, signers, rules, referenceTime, lost);
    }

    /// <summary>
    /// Takes over what another server published, as it is: nothing is signed, so it can be served until it expires. Later files of
    /// the same chain go on top of it, until its owner goes on here.
    /// </summary>
    /// <param name="current">What is published now, or null if nothing is.</param>
    /// <param name="chain">The verified files of the other server.</param>
    /// <exception cref="TrustException"><see cref="TrustError.RepositoryExists"/> if something else is published.</exception>
    public static CandidateSet OfImport(PublishedSet? current, ForeignChain chain)
    {
        if (current is null)
            return new CandidateSet(chain.Set, [.. chain.Files()]);
        if (!chain.Roots.Any(root => root.Version == current.Root.Version && root.Metadata.File.Span.SequenceEqual(current.Root.Metadata.File.Span)))
            throw Exists();
        ImmutableArray<CandidateFile> newFiles = [.. chain.Files().Where(file => IsNew(current, file))];
        if (newFiles.IsEmpty)
            return new CandidateSet(current, []);
        // Roles that are listed no longer are remembered by their versions.
        var targets = new Dictionary<RoleName, TargetsDocument>(current.Targets);
        foreach (var (role, document) in chain.Set.Targets)
            targets[role] = document;
        return new CandidateSet(new PublishedSet(chain.Set.Snapshot, targets), newFiles);
    }

    // The same files again are no change: a mover that lost the answer may ask again. Nothing goes back, and no version has two contents.
    private static bool IsNew(PublishedSet current, CandidateFile file)
    {
        if (file.Role == RoleName.Root)
            return file.Version > current.Root.Version;
        var published = file.Role == RoleName.Timestamp ? current.Timestamp.Metadata.Signed.Version
            : file.Role == RoleName.Snapshot ? current.Snapshot.Metadata.Signed.Version
            : current.TargetsVersion(file.Role);
        if (file.Version < published || (file.Version == published && !current.File(file.Role)!.Value.Span.SequenceEqual(file.Data.Span)))
            throw Exists();
        return file.Version > published;
    }

    private static TrustException Exists() =>
        new(TrustError.RepositoryExists, "The repository is published here already, with other content than the one that is to be imported, or with later content.")
        {
            Hint = "Its owner goes on here. To begin with the other content instead, an administrator deletes the repository first.",
        };

    private static void RequireUploadable(IMetadataFormat format, PublishedSet? current, IEnumerable<RoleName> roles)
    {
        var uploaded = roles.ToHashSet();
        foreach (var role in uploaded.Where(role => role == RoleName.Timestamp || (role == RoleName.Snapshot && !format.Rules.MaySnapshotBeUploaded)))
            throw new TrustException(TrustError.MalformedRequest, $"{role} is signed by the server; upload the other roles only.") { Role = role.Value };
        if (current is null && !(uploaded.Contains(RoleName.Root) && uploaded.Contains(RoleName.Targets)))
        {
            throw new TrustException(TrustError.RepositoryUnknown, "Nothing is published for this repository yet; its first publish needs root and targets together.")
            {
                Hint = "Check the repository's name; to begin a new one, run: signer init REPOSITORY",
            };
        }
    }
}
