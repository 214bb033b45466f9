using System.Collections.Immutable;
using TrustService.Editing;
using TrustService.Formats.Notary;
using TrustService.Json;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Testing;

/// <summary>
/// The owner of one Notary repository and, as far as <see cref="Publish"/> goes, its server: real keys, records that a test
/// may change as it likes, and the set that is published.
/// </summary>
public sealed class NotaryRepository
{
    private static readonly NotaryFormat Format = NotaryFormat.Instance;

    /// <summary>Makes the keys; nothing is published yet.</summary>
    /// <param name="now">The time of every step until <see cref="Now"/> changes.</param>
    /// <param name="name">The repository.</param>
    public NotaryRepository(DateTimeOffset now, string name = "registry.example.com/team/app")
    {
        Now = now;
        Name = Gun.Parse(name);
        Certificate = RootCertificate.Create(RootKey, Name, now, now + RootCertificate.DefaultLifetime);
        Root = new Root
        {
            Version = 1,
            Expires = now.AddYears(10),
            ConsistentSnapshot = false,
            Keys = new Dictionary<KeyId, PublicKey>(),
            Roles = new Dictionary<RoleName, RoleKeys>(),
        };
        SetRole(RoleName.Root, Certificate);
        SetRole(RoleName.Targets, Describe(TargetsKey));
        SetRole(RoleName.Snapshot, Describe(SnapshotKey));
        SetRole(RoleName.Timestamp, Describe(TimestampKey));
        Targets[RoleName.Targets] = TargetsEditor.First(now.AddYears(3));
    }

    /// <summary>The repository.</summary>
    public RepositoryName Name { get; }

    /// <summary>The time of every step.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>The key of the root role.</summary>
    public ISigningKey RootKey { get; set; } = TestKeys.New();

    /// <summary>The root key as root lists it.</summary>
    public PublicKey Certificate { get; set; }

    /// <summary>The key of the targets role.</summary>
    public ISigningKey TargetsKey { get; set; } = TestKeys.New();

    /// <summary>The key of snapshot: the server's if <see cref="ServerHoldsSnapshot"/>.</summary>
    public ISigningKey SnapshotKey { get; set; } = TestKeys.New();

    /// <summary>The server's key of timestamp.</summary>
    public ISigningKey TimestampKey { get; } = SigningKeys.Generate(SignatureScheme.Ed25519);

    /// <summary>Whether the server has the snapshot key. Docker's way; Notary's own client keeps it.</summary>
    public bool ServerHoldsSnapshot { get; set; } = true;

    /// <summary>The owner's root.</summary>
    public Root Root { get; set; }

    /// <summary>Targets and delegated roles.</summary>
    public Dictionary<RoleName, Targets> Targets { get; } = [];

    /// <summary>The keys of the delegated roles.</summary>
    public Dictionary<RoleName, ISigningKey> Delegates { get; } = [];

    /// <summary>What is published, or null.</summary>
    public PublishedSet? Published { get; set; }

    /// <summary>Every root that was published, the first one first.</summary>
    public List<byte[]> Roots { get; } = [];

    /// <summary>The operator's rules.</summary>
    public PublishRules Rules { get; set; } = new() { TimestampLifetime = TimeSpan.FromDays(14), SnapshotLifetime = TimeSpan.FromDays(1095) };

    /// <summary>The server's keys.</summary>
    public OnlineSigners Online => new(ServerHoldsSnapshot ? [SnapshotKey] : [], [TimestampKey]);

    /// <summary>The bare public key.</summary>
    public static PublicKey Describe(ISigningKey key) => Format.DescribeKey(key.Scheme, key.Material);

    /// <summary>A role of that name.</summary>
    public static RoleName Role(string name) => RoleName.Parse(name);

    /// <summary>Gives a role of root its keys; keys that no role has any more are left out.</summary>
    public void SetRole(RoleName role, params PublicKey[] keys)
    {
        var roles = new Dictionary<RoleName, RoleKeys>(Root.Roles) { [role] = new RoleKeys { KeyIds = [.. keys.Select(key => key.Id)], Threshold = 1 } };
        var known = Root.Keys.Values.Concat(keys).DistinctBy(key => key.Id).ToDictionary(key => key.Id);
        Root = Root with { Roles = roles, Keys = known.Where(key => roles.Values.Any(listed => listed.KeyIds.Contains(key.Key))).ToDictionary() };
    }

    /// <summary>Changes a targets role and counts its version up, unless it is new.</summary>
    public void Change(RoleName role, Func<Targets, Targets> change)
    {
        var next = change(Targets.TryGetValue(role, out var known) ? known : TargetsEditor.First(Now.AddYears(3)) with { Version = 0 });
        Targets[role] = next with { Version = next.Version + 1 };
    }

    /// <summary>Names a file in a role.</summary>
    public void Add(RoleName role, string path, string content = "content") => Change(role, targets => targets with
    {
        TargetFiles = new Dictionary<string, TargetFile>(targets.TargetFiles) { [path] = new() { Length = content.Length, Hashes = FileHashes.OfSha256(System.Text.Encoding.UTF8.GetBytes(content)) } },
    });

    /// <summary>Delegates to a role, in place of a former delegation of that name.</summary>
    public void Delegate(RoleName from, RoleName to, ISigningKey key, params string[] paths)
    {
        Delegates[to] = key;
        var listed = Describe(key);
        Change(from, targets => targets with
        {
            Delegations = new Delegations
            {
                Keys = new Dictionary<KeyId, PublicKey>(targets.Delegations?.Keys ?? new Dictionary<KeyId, PublicKey>()) { [listed.Id] = listed },
                Roles = [.. (targets.Delegations?.Roles ?? []).Where(role => role.Name != to), new DelegatedRole { Name = to, RoleKeys = new RoleKeys { KeyIds = [listed.Id], Threshold = 1 }, Paths = [.. paths] }],
            },
        });
    }

    /// <summary>Ends a delegation.</summary>
    public void Undelegate(RoleName from, RoleName to) => Change(from, targets => targets with
    {
        Delegations = targets.Delegations! with { Roles = [.. targets.Delegations.Roles.Where(role => role.Name != to)] },
    });

    /// <summary>The root file, signed by the current root key and by others.</summary>
    public UploadedFile RootFile(params (PublicKey Listed, ISigningKey Key)[] others) =>
        new(RoleName.Root, Sign(Root, [.. others, (Certificate, RootKey)]));

    /// <summary>The file of a targets role, signed by its key.</summary>
    public UploadedFile File(RoleName role)
    {
        var key = role == RoleName.Targets ? TargetsKey : Delegates[role];
        return new UploadedFile(role, Sign(Targets[role], (Describe(key), key)));
    }

    /// <summary>A snapshot that lists these files, and what is published of other roles.</summary>
    public UploadedFile SnapshotFile(long version, params UploadedFile[] files)
    {
        var meta = new Dictionary<RoleName, MetaFile>(Published?.Snapshot.Metadata.Signed.Meta ?? new Dictionary<RoleName, MetaFile>());
        foreach (var file in files)
            meta[file.Role] = new MetaFile { Length = file.Data.Length, Hashes = FileHashes.OfSha256(file.Data.Span) };
        return SnapshotFile(new Snapshot { Version = version, Expires = Now.AddYears(3), Meta = meta });
    }

    /// <summary>A snapshot, signed by the owner.</summary>
    public UploadedFile SnapshotFile(Snapshot snapshot) => new(RoleName.Snapshot, Sign(snapshot, (Describe(SnapshotKey), SnapshotKey)));

    /// <summary>Signs a role with keys under the ids of what lists them.</summary>
    public static byte[] Sign<TRole>(TRole role, params (PublicKey Listed, ISigningKey Key)[] signers)
        where TRole : class, IRole
    {
        var signed = Format.WriteSigned(role);
        var payload = CanonicalJson.Encode(StrictJson.Parse(signed, JsonLimits.OfBytes(int.MaxValue)));
        return Format.WriteFile(signed, signers.Select(signer => new Signature(signer.Listed.Id, signer.Key.Sign(payload), Signature.MethodOf(signer.Key.Scheme))));
    }

    /// <summary>What a publish of these files would come to.</summary>
    public CandidateSet Candidate(params UploadedFile[] files)
    {
        var candidate = CandidateSet.OfUploads(Format, Published, files, Online, Rules, Now);
        candidate.Set.Root.RequireRepository(Name, Now);
        return candidate;
    }

    /// <summary>Publishes files.</summary>
    public CandidateSet Publish(params UploadedFile[] files)
    {
        var candidate = Candidate(files);
        Published = candidate.Set;
        if (candidate.NewFiles.FirstOrDefault(file => file.Role == RoleName.Root) is { } root)
            Roots.Add(root.Data.ToArray());
        return candidate;
    }

    /// <summary>Publishes root and targets for the first time, with a snapshot of the owner if he holds its key.</summary>
    public CandidateSet Init()
    {
        var (root, targets) = (RootFile(), File(RoleName.Targets));
        return ServerHoldsSnapshot ? Publish(root, targets) : Publish(root, targets, SnapshotFile(1, root, targets));
    }

    /// <summary>Serves what is published, by the names of the wire.</summary>
    public MemoryMetadata Serve()
    {
        var source = new MemoryMetadata();
        var set = Published!;
        for (var version = 0; version < Roots.Count; version++)
            source.Files[$"{version + 1}.root.json"] = Roots[version];
        source.Files["root.json"] = Roots[^1];
        source.Files["timestamp.json"] = set.Timestamp.Metadata.File.ToArray();
        Put(source, RoleName.Snapshot, set.Snapshot.Metadata.File);
        foreach (var (role, document) in set.Targets)
            Put(source, role, document.File);
        return source;
    }

    private static void Put(MemoryMetadata source, RoleName role, ReadOnlyMemory<byte> file) =>
        source.Files[Format.Rules.ListedFileName(role, new MetaFile { Hashes = FileHashes.OfSha256(file.Span) }, false)] = file.ToArray();
}
