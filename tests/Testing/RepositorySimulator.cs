using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Testing;

/// <summary>
/// A TUF repository in memory with real keys. Its content can be changed at every level: by publishing as a repository
/// should, by writing records that are inconsistent, or by replacing what is served.
/// </summary>
public sealed class RepositorySimulator : IMetadataSource
{
    private static readonly TufFormat Format = TufFormat.Instance;

    /// <summary>Makes a repository with one key for each role, and publishes version 1 of everything.</summary>
    /// <param name="now">When it is made; everything expires 30 days later.</param>
    /// <param name="listsHashes">See <see cref="ListsHashes"/>.</param>
    public RepositorySimulator(DateTimeOffset now, bool listsHashes = true)
    {
        ListsHashes = listsHashes;
        Expires = now.AddDays(30);
        foreach (var role in (RoleName[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets])
            Signers[role] = [TestKeys.New()];
        Root = RootEditor.First(Signers.ToDictionary(entry => entry.Key, entry => Assignment(entry.Value, 1)), Expires);
        Targets[RoleName.Targets] = TargetsEditor.First(Expires);
        Snapshot = SnapshotBuilder.Next(null, new Dictionary<RoleName, MetaFile>(), Expires);
        Timestamp = TimestampBuilder.Next(null, new MetaFile { Version = 1 }, Expires, now);
        WriteRoot(Signers[RoleName.Root]);
        WriteTargets(RoleName.Targets);
        WriteSnapshot();
        WriteTimestamp();
        FirstRoot = Files["1.root.json"];
    }

    /// <summary>The expiry of what is published next, UTC.</summary>
    public DateTimeOffset Expires { get; set; }

    /// <summary>False to list versions only, without length and hashes.</summary>
    public bool ListsHashes { get; set; }

    /// <summary>The keys that sign each role. To leave signatures out, take keys away.</summary>
    public Dictionary<RoleName, List<ISigningKey>> Signers { get; } = [];

    /// <summary>The current root.</summary>
    public Root Root { get; set; }

    /// <summary>The current timestamp.</summary>
    public Timestamp Timestamp { get; set; }

    /// <summary>The current snapshot.</summary>
    public Snapshot Snapshot { get; set; }

    /// <summary>Targets and delegated roles.</summary>
    public Dictionary<RoleName, Targets> Targets { get; } = [];

    /// <summary>What is served, by file name: versioned names, and names without version for the newest.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Target files, by path.</summary>
    public Dictionary<string, byte[]> TargetFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>The names that were asked for, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <inheritdoc/>
    public string Location => "the simulator";

    /// <summary>The first root, to be pinned.</summary>
    public byte[] FirstRoot { get; }

    /// <summary>Adds or replaces a target; it is served after the next <see cref="Publish"/> of the role.</summary>
    public void AddTarget(RoleName role, string path, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        TargetFiles[path] = bytes;
        AddTarget(role, path, new TargetFile { Length = bytes.Length, Hashes = FileHashes.OfSha256(bytes) });
    }

    /// <summary>Adds or replaces what a role says of a target.</summary>
    public void AddTarget(RoleName role, string path, TargetFile target) => Targets[role] = Targets[role] with
    {
        TargetFiles = new Dictionary<string, TargetFile>(Targets[role].TargetFiles) { [path] = target }.AsReadOnly(),
    };

    /// <summary>Delegates path patterns to a role, with a new key unless <paramref name="keys"/> are given.</summary>
    /// <returns>The role, empty if it is new; publish it together with the delegating one.</returns>
    public RoleName Delegate(RoleName from, string name, string[] paths, bool terminating = false, int threshold = 1, ISigningKey[]? keys = null)
    {
        var role = RoleName.ParseDelegated(name);
        Signers[role] = [.. keys ?? [TestKeys.New()]];
        Targets.TryAdd(role, TargetsEditor.First(Expires) with { Version = 0 });
        var assignment = Assignment(Signers[role], threshold);
        var before = Targets[from].Delegations ?? new Delegations { Keys = ImmutableDictionary<KeyId, PublicKey>.Empty, Roles = [] };
        Targets[from] = Targets[from] with
        {
            Delegations = before with
            {
                Keys = before.Keys.Concat(assignment.Keys.Select(key => KeyValuePair.Create(key.Id, key))).DistinctBy(entry => entry.Key).ToDictionary().AsReadOnly(),
                Roles = before.Roles.Add(new DelegatedRole { Name = role, RoleKeys = assignment.ToRoleKeys(), Paths = [.. paths], Terminating = terminating }),
            },
        };
        return role;
    }

    /// <summary>Publishes the next version of targets roles, and of snapshot and timestamp.</summary>
    public void Publish(params ReadOnlySpan<RoleName> changed)
    {
        PublishOnly(changed);
        PublishOnly(RoleName.Snapshot, RoleName.Timestamp);
    }

    /// <summary>Publishes the next version of timestamp alone.</summary>
    public void PublishTimestamp()
    {
        Timestamp = Timestamp with { Version = Timestamp.Version + 1, Expires = Expires };
        WriteTimestamp();
    }

    /// <summary>Publishes the next version of the named roles alone; those above them learn of it when they are published.</summary>
    public void PublishOnly(params ReadOnlySpan<RoleName> roles)
    {
        foreach (var role in roles)
        {
            if (role == RoleName.Timestamp)
            {
                PublishTimestamp();
            }
            else if (role == RoleName.Snapshot)
            {
                Snapshot = Snapshot with { Version = Snapshot.Version + 1, Expires = Expires };
                WriteSnapshot();
            }
            else if (role == RoleName.Root)
            {
                Root = Root with { Version = Root.Version + 1, Expires = Expires };
                WriteRoot(Signers[role]);
            }
            else
            {
                Targets[role] = Targets[role] with { Version = Targets[role].Version + 1, Expires = Expires };
                WriteTargets(role);
            }
        }
    }

    /// <summary>Has the next root list keys for a role, in whatever number, and sign with all of them from now on.</summary>
    public void Assign(RoleName role, int threshold, params ISigningKey[] keys)
    {
        Root = RootEditor.Next(Root, new Dictionary<RoleName, RoleAssignment> { [role] = Assignment(keys, threshold) }, Root.Expires) with { Version = Root.Version };
        Signers[role] = [.. keys];
    }

    /// <summary>Publishes the next root with other keys for roles, signed by the old and the new root keys.</summary>
    public void Rotate(IReadOnlyDictionary<RoleName, ISigningKey[]> keys, int threshold = 1)
    {
        var oldKeys = Signers[RoleName.Root];
        foreach (var (role, signers) in keys)
            Signers[role] = [.. signers];
        Root = RootEditor.Next(Root, keys.ToDictionary(entry => entry.Key, entry => Assignment(entry.Value, threshold)), Expires);
        WriteRoot([.. oldKeys, .. Signers[RoleName.Root]]);
    }

    /// <summary>Publishes the next root with one new key for each of some roles.</summary>
    public void Rotate(params ReadOnlySpan<RoleName> roles) => Rotate(roles.ToArray().ToDictionary(role => role, _ => TestKeys.New(1)));

    /// <summary>Signs the current root with keys and serves it.</summary>
    public void WriteRoot(IEnumerable<ISigningKey> signers) => Store(RoleName.Root, MetadataCorruptor.Sign(Root, signers));

    /// <summary>Signs a targets role as it is, serves it and has snapshot list it.</summary>
    public void WriteTargets(RoleName role)
    {
        var file = MetadataCorruptor.Sign(Targets[role], Signers[role]);
        Store(role, file);
        Snapshot = Snapshot with { Meta = new Dictionary<RoleName, MetaFile>(Snapshot.Meta) { [role] = Describe(file) }.AsReadOnly() };
    }

    /// <summary>Signs the snapshot as it is, serves it and has timestamp list it.</summary>
    public void WriteSnapshot()
    {
        var file = MetadataCorruptor.Sign(Snapshot, Signers[RoleName.Snapshot]);
        Store(RoleName.Snapshot, file);
        Timestamp = Timestamp with { SnapshotMeta = Describe(file) };
    }

    /// <summary>Signs the timestamp as it is and serves it.</summary>
    public void WriteTimestamp() => Store(RoleName.Timestamp, MetadataCorruptor.Sign(Timestamp, Signers[RoleName.Timestamp]));

    /// <inheritdoc/>
    public Task<byte[]?> FetchAsync(string fileName, int maxBytes, CancellationToken cancellationToken)
    {
        Requests.Add(fileName);
        if (Files.TryGetValue(fileName, out var file) && file.Length > maxBytes)
            throw new TrustException(TrustError.TooLarge, $"{fileName} has {file.Length} bytes; at most {maxBytes} are read.");
        return Task.FromResult(file);
    }

    /// <summary>Writes what is served as a host of plain files has it: <c>metadata/</c> and, by their hashes, <c>targets/</c>.</summary>
    public void Export(string directory)
    {
        foreach (var (name, file) in Files)
            Write(Path.Combine(directory, "metadata", name), file);
        foreach (var (path, file) in TargetFiles)
        {
            var at = path.LastIndexOf('/') + 1;
            Write(Path.Combine(directory, "targets", path[..at], $"{Convert.ToHexStringLower(SHA256.HashData(file))}.{path[at..]}"), file);
        }
    }

    private static void Write(string path, byte[] file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file);
    }

    private static RoleAssignment Assignment(IEnumerable<ISigningKey> keys, int threshold) => new([.. keys.Select(TestKeys.Describe)], threshold);

    private MetaFile Describe<TRole>(SignedMetadata<TRole> file)
        where TRole : class, IRole => ListsHashes ? file.Describe() : new MetaFile { Version = file.Signed.Version };

    private void Store<TRole>(RoleName role, SignedMetadata<TRole> file)
        where TRole : class, IRole
    {
        Files[Format.Rules.FileName(role, file.Signed.Version)] = file.File.ToArray();
        Files[Format.Rules.FileName(role, null)] = file.File.ToArray();
    }
}
