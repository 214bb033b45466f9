using System.Collections.Immutable;
using TrustService.Ceremony;
using TrustService.Cli.KeyStores;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>
/// The next versions of root and of targets roles, which are published together, signed by the keys that are here. Whoever signs is decided by the
/// next root and the next targets, and the former root's keys sign the next root as well.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="current">What is published.</param>
internal sealed class OwnerUpdate(CommandContext context, OwnerReading current) : IDisposable
{
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromDays(3 * 365);
    private static readonly TimeSpan CertificateReserve = TimeSpan.FromDays(365);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    private readonly Dictionary<RoleName, Targets> targets = [];
    private readonly Dictionary<RoleName, ReadOnlyMemory<byte>> ready = [];
    private readonly Dictionary<string, ISigningKey> opened = new(StringComparer.Ordinal);
    private readonly List<ISigningKey> made = [];

    /// <summary>What changes in root, or null.</summary>
    public RootChange? Root { get; set; }

    /// <summary>The next root as its holders signed it, or null if it is to be signed here.</summary>
    public SignedMetadata<Root>? SignedRoot { get; init; }

    /// <summary>True if the owner says by name that what the server shows is the latest, although its timestamp has expired.</summary>
    public bool AcceptsStale { get; init; }

    /// <summary>True if what is signed anew was chosen by its owner, version by version, because the server cannot be believed.</summary>
    public bool IsRecovery { get; init; }

    /// <summary>The version of root that this leads to.</summary>
    public Root NextRoot => SignedRoot is { } signed ? signed.Signed : Root is null ? current.Root.Metadata.Signed : RootEditor.Next(current.Root.Metadata.Signed, Root);

    /// <summary>The roles that are signed anew, with their next versions, as people read them.</summary>
    public string Versions => string.Join(", ", (IsRootKept ? [] : new[] { $"root {NextRoot.Version}" }).Concat(Named(targets.ToLookup(role => Bins?.IsBin(role.Key) == true))));

    /// <summary>True if a role is signed anew.</summary>
    public bool Signs(RoleName role) => targets.ContainsKey(role);

    /// <summary>True if targets or a delegated role is signed anew.</summary>
    public bool SignsContent => targets.Count > 0;

    /// <summary>Targets and delegated roles that are signed anew, targets first.</summary>
    public IEnumerable<KeyValuePair<RoleName, Targets>> Content => targets.OrderBy(entry => entry.Key != RoleName.Targets).ThenBy(entry => entry.Key.Value, StringComparer.Ordinal);

    /// <summary>True if nothing is to be published.</summary>
    public bool IsEmpty => IsRootKept && targets.Count == 0;

    private bool IsRootKept => Root is null && SignedRoot is null;

    private IMetadataFormat Format => current.Format;

    private SuccinctRoles? Bins => Next(RoleName.Targets)!.Delegations?.Succinct;

    // Hash bins may be thousands.
    private static IEnumerable<string> Named(ILookup<bool, KeyValuePair<RoleName, Targets>> roles) =>
        roles[false].Select(role => $"{role.Key} {role.Value.Version}").Concat(roles[true].Any() ? [$"{roles[true].Count()} bins"] : []);

    /// <summary>Adds the next version of targets or of a delegated role.</summary>
    public void Add(RoleName role, Targets next) => targets[role] = next;

    /// <summary>Adds the next version of targets under the next root; its hash bins as well, if a key of theirs counts no more for targets: it must count no more there either.</summary>
    /// <param name="content">The content of targets.</param>
    /// <param name="expires">The expiry, UTC.</param>
    /// <param name="bins">The content of the hash bins, or null for what is published.</param>
    /// <exception cref="TrustException">The refusal of a bin that cannot be read.</exception>
    public void AddTargets(Targets content, DateTimeOffset expires, IReadOnlyDictionary<RoleName, Targets>? bins = null)
    {
        if (HashBins.FollowRoot(content.Delegations, current.Root.Metadata.Signed, NextRoot) is { } delegations)
        {
            content = content with { Delegations = delegations };
            bins ??= current.Delegated.Where(reading => delegations.Succinct!.IsBin(reading.Role)).ToDictionary(bin => bin.Role, bin => (bin.Trusted ?? throw bin.Refusal!).Metadata.Signed);
            foreach (var (bin, signed) in bins)
                Add(bin, TargetsEditor.Next(signed, new TargetsChange(), expires));
        }
        Add(RoleName.Targets, TargetsEditor.Next(content, new TargetsChange(), expires));
    }

    /// <summary>Adds a file as it is, signed by others.</summary>
    public void AddFile(RoleName role, ReadOnlyMemory<byte> file) => ready[role] = file;

    /// <summary>The next version of a role as far as it is known, else the published one.</summary>
    public Targets? Next(RoleName role) =>
        targets.TryGetValue(role, out var next) ? next
        : role == RoleName.Targets ? current.Top.Metadata.Signed
        : current.Delegated.FirstOrDefault(reading => reading.Role == role)?.Trusted?.Metadata.Signed;

    /// <summary>Uses a key that was made or opened before; this object closes it.</summary>
    public ISigningKey Use(ISigningKey key)
    {
        made.Add(key);
        return key;
    }

    /// <summary>The keys of the key store that are listed for a role.</summary>
    public ImmutableArray<KeyEntry> Held(IEnumerable<PublicKey> listed)
    {
        var keys = listed.ToList();
        return [.. context.Keyring.All().Where(entry => keys.Exists(entry.IsSame)).DistinctBy(entry => keys.First(entry.IsSame).Fingerprint)];
    }

    /// <summary>The keys that a root lists for a role.</summary>
    public static IEnumerable<PublicKey> KeysOf(Root root, RoleName role) => root.Roles[role].KeyIds.Where(root.Keys.ContainsKey).Select(id => root.Keys[id]);

    /// <summary>Extends root; where its keys are in certificates that end before long, those keys get new ones.</summary>
    public void RenewRoot(TimeSpan lifetime)
    {
        Root = new RootChange(context.Now + lifetime);
        foreach (var key in KeysOf(current.Root.Metadata.Signed, RoleName.Root))
        {
            if (Format.Rules.RootKeyProblem(key, current.Repository, context.Now + CertificateReserve) is not null && Signers([key], KeyPurpose.Root) is [var signer])
                Root = Root.Replace(RoleName.Root, key.Id, Format.DescribeRootKey(signer, current.Repository, context.Now - ClockSlack, context.Now + lifetime), current.Root.Metadata.Signed.KeyNames.GetValueOrDefault(key.Id));
        }
    }

    /// <summary>Signs and publishes everything, or nothing.</summary>
    /// <exception cref="TrustException">A coded refusal, also of what may be an old state (<see cref="OwnerRoles.RequireLatest"/>); <see cref="TrustError.ThresholdNotMet"/> or <see cref="TrustError.KeyNotFound"/> if keys are missing here.</exception>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (SignsContent && !IsRecovery)
            OwnerRoles.RequireLatest(current, context.Now, AcceptsStale);
        var files = new Dictionary<RoleName, ReadOnlyMemory<byte>>(ready);
        var root = current.Root;
        if (!IsRootKept)
        {
            var signed = SignedRoot ?? SignRoot();
            root = RequireRoot(signed);
            files[RoleName.Root] = signed.File;
        }
        foreach (var (role, next) in Content)
            files[role] = SignTargets(root.Metadata.Signed, role, next).File;
        if (SignSnapshot(root, files) is { } snapshot)
            files[RoleName.Snapshot] = snapshot;
        context.Output.Progress($"Publishing {current.Repository}");
        _ = await context.WithinTimeoutAsync(token => context.Servers.For(Format).PublishAsync(current.Repository, files, token), cancellationToken);
        ForgetReplacedKeys(root.Metadata.Signed);
    }

    // A key that no role lists any more is not looked for there again.
    private void ForgetReplacedKeys(Root next)
    {
        ImmutableArray<PublicKey> before = [.. current.Root.Metadata.Signed.Keys.Values, .. current.Top.Metadata.Signed.Delegations?.Keys.Values ?? []];
        HashSet<string> after = [.. next.Keys.Values.Concat(Next(RoleName.Targets)!.Delegations?.Keys.Values ?? []).Select(key => key.Fingerprint)];
        foreach (var gone in before.Where(key => !after.Contains(key.Fingerprint)))
        {
            foreach (var entry in context.Keys.List().Where(entry => entry.IsSame(gone) && entry.Repositories.Contains(current.Repository.Value)))
                FileKeyStore.Change(entry, known => known with { Repositories = known.Repositories.Remove(current.Repository.Value) });
        }
    }

    /// <summary>The next root with the signatures of the keys that are here, for others to sign.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if more than root has to be published at the same time; or a coded refusal of the root.</exception>
    public RootProposal Propose()
    {
        // Targets and its hash bins are signed anew by whoever publishes the root with its new key; the rest would have to wait in files of its own.
        var others = targets.Keys.Where(role => role != RoleName.Targets && Bins?.IsBin(role) != true).ToList();
        if (others.Count > 0)
            throw new TrustException(TrustError.Usage, $"{string.Join(" and ", others)} must be published together with the root, which a proposal of a root cannot hold.") { Hint = "Have the root keys here that are needed." };
        var proposal = RootProposal.Create(Format, current.Repository, current.Root.Metadata, NextRoot, null, context.Now);
        var signers = Signers([.. KeysOf(current.Root.Metadata.Signed, RoleName.Root), .. KeysOf(NextRoot, RoleName.Root)], KeyPurpose.Root);
        return signers.IsEmpty ? proposal : proposal.Sign(signers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in made.Concat(opened.Values))
            key.Dispose();
    }

    private SignedMetadata<Root> SignRoot()
    {
        var (before, next) = (current.Root.Metadata.Signed, NextRoot);
        ImmutableArray<PublicKey> old = [.. KeysOf(before, RoleName.Root)], fresh = [.. KeysOf(next, RoleName.Root)];
        var signers = Signers([.. old, .. fresh], KeyPurpose.Root);
        return MetadataSigner.SignUnderEveryId(Format, next, [.. old, .. fresh], signers);
    }

    // By the same rule as every client; said in terms of keys, which is what can be mended here.
    private TrustedRoot RequireRoot(SignedMetadata<Root> signed)
    {
        try
        {
            return current.Root.AcceptRoot(signed.File);
        }
        catch (TrustException e) when (e.Error == TrustError.ThresholdNotMet)
        {
            throw new TrustException(e.Error, $"The root keys that are here do not suffice: {e.Message}", e)
            {
                Role = e.Role,
                Hint = "The other holders sign too: signer root propose begins that, signer root sign adds a signature, signer root publish ends it.",
            };
        }
    }

    private SignedMetadata<Targets> SignTargets(Root root, RoleName role, Targets next)
    {
        var (keys, roleKeys) = Delegator(root, role);
        ImmutableArray<PublicKey> listed = [.. roleKeys.KeyIds.Where(keys.ContainsKey).Select(id => keys[id])];
        // Hash bins have the keys of targets.
        var signers = Signers(listed, Bins?.IsBin(role) == true ? KeyPurpose.Targets : SigningKeyring.PurposeOf(role));
        var signed = MetadataSigner.Sign(Format, next, listed, signers);
        return SignatureThreshold.Count(signed, keys, roleKeys).IsMet
            ? signed
            : throw context.Keyring.TooFew(role, listed, roleKeys.Threshold, signers.Length, isGiven: false);
    }

    private (IReadOnlyDictionary<KeyId, PublicKey> Keys, RoleKeys RoleKeys) Delegator(Root root, RoleName role)
    {
        if (role == RoleName.Targets)
            return (root.Keys, root.Roles[role]);
        var delegations = Next(RoleName.Targets)!.Delegations;
        return delegations?.KeysOf(role) is { } keys
            ? (delegations.Keys, keys)
            : throw new TrustException(TrustError.RoleNotListed, $"targets does not delegate to {role}.") { Role = role.Value };
    }

    // Where the owner has the snapshot key, the server cannot sign what belongs with this.
    private ReadOnlyMemory<byte>? SignSnapshot(TrustedRoot root, Dictionary<RoleName, ReadOnlyMemory<byte>> files)
    {
        if (!Format.Rules.MaySnapshotBeUploaded)
            return null;
        ImmutableArray<PublicKey> listed = [.. KeysOf(root.Metadata.Signed, RoleName.Snapshot)];
        if (Held(listed).IsEmpty)
            return null;
        var changed = files.ToDictionary(
            file => file.Key, file => file.Key == RoleName.Root ? Format.Read<Root>(file.Value, int.MaxValue).Describe() : Format.Read<Targets>(file.Value, int.MaxValue).Describe());
        var next = SnapshotBuilder.Next(current.Top.Snapshot.Metadata.Signed, changed, context.Now + SnapshotLifetime);
        return MetadataSigner.Sign(Format, next, listed, Signers(listed, KeyPurpose.Snapshot)).File;
    }

    private ImmutableArray<ISigningKey> Signers(ImmutableArray<PublicKey> listed, KeyPurpose purpose)
    {
        var signers = made.Where(key => listed.Any(known => IsSame(key, known))).ToList();
        foreach (var entry in Held(listed.Where(known => !signers.Exists(key => IsSame(key, known)))))
        {
            if (!opened.TryGetValue(entry.Location, out var key))
                opened.Add(entry.Location, key = context.Keyring.Open(entry, purpose));
            signers.Add(key);
        }
        return [.. signers.DistinctBy(key => Convert.ToHexString(key.Material.Span))];
    }

    private static bool IsSame(ISigningKey key, PublicKey known) => key.Scheme == known.Scheme && key.Material.Span.SequenceEqual(known.Material.Span);
}
