using System.Collections.Immutable;
using TrustService.Cli.Importing;
using TrustService.Cli.KeyStores;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;

namespace TrustService.Cli.Commands;

/// <summary>
/// Publishes the root after the last one of a repository that was moved, signed with its old root key: from then on the
/// server signs timestamp (and snapshot, unless its owner does), and clients that trust the old root go on.
/// </summary>
internal sealed class Takeover(CommandContext context, RepositoryName name, ForeignChain chain, TimeSpan rootLifetime)
{
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromDays(3 * 365);

    // Clients begin to warn half a year before a certificate ends, and those that have it in their cache refuse everything after that.
    private static readonly TimeSpan CertificateReserve = TimeSpan.FromDays(365);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    private readonly Root current = chain.Set.Root.Metadata.Signed;

    private static IMetadataFormat Format => ForeignRepository.Format;

    private ITrustServer Server => context.Servers.For(Format);

    /// <summary>True if the key store has enough of the root keys.</summary>
    public bool HasRootKeys => Held(RoleName.Root).Length >= current.Roles[RoleName.Root].Threshold;

    /// <summary>True if the key store has the keys of snapshot: then the owner goes on signing it.</summary>
    public bool IsSnapshotOwners => Held(RoleName.Snapshot).Length >= current.Roles[RoleName.Snapshot].Threshold;

    /// <summary>True if a root certificate ends within a year, so that the next root has a new one for the same key.</summary>
    public bool RenewsCertificate => HasCertificateProblem(CertificateReserve);

    /// <summary>True if a root certificate has ended: Notary clients that have it in their cache refuse the repository at every server.</summary>
    public bool IsCertificateExpired => HasCertificateProblem(TimeSpan.Zero);

    /// <summary>Signs and publishes the next root.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="TrustException">A coded refusal; the repository is as it was then.</exception>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var roles = new Dictionary<RoleName, RoleAssignment> { [RoleName.Timestamp] = await AskAsync(RoleName.Timestamp, cancellationToken) };
        if (!IsSnapshotOwners)
            roles[RoleName.Snapshot] = await AskAsync(RoleName.Snapshot, cancellationToken);
        var signers = context.Keyring.Open(Held(RoleName.Root).Take(current.Roles[RoleName.Root].Threshold), KeyPurpose.Root);
        try
        {
            roles[RoleName.Root] = new RoleAssignment(SoundRootKeys(signers), current.Roles[RoleName.Root].Threshold);
            var next = RootEditor.Next(current, roles, context.Now + rootLifetime);
            var root = MetadataSigner.SignUnderEveryId(Format, next, [.. KeysOf(RoleName.Root), .. roles[RoleName.Root].Keys], signers);
            var files = new Dictionary<RoleName, ReadOnlyMemory<byte>> { [RoleName.Root] = root.File };
            if (IsSnapshotOwners)
                files[RoleName.Snapshot] = SignSnapshot(root);
            context.Output.Progress($"Taking over {name}");
            _ = await context.WithinTimeoutAsync(token => Server.PublishAsync(name, files, token), cancellationToken);
            return next.Version;
        }
        finally
        {
            foreach (var signer in signers)
                signer.Dispose();
        }
    }

    private async Task<RoleAssignment> AskAsync(RoleName role, CancellationToken cancellationToken) =>
        new((await context.WithinTimeoutAsync(token => Server.RequestOnlineKeysAsync(Format, name, role, token), cancellationToken)).All);

    private bool HasCertificateProblem(TimeSpan ahead) => KeysOf(RoleName.Root).Any(key => Format.Rules.RootKeyProblem(key, name, context.Now + ahead) is not null);

    // A certificate that ends makes no good root; the key inside it does, under a new one.
    private ImmutableArray<PublicKey> SoundRootKeys(ImmutableArray<ISigningKey> signers) =>
    [
        .. KeysOf(RoleName.Root).Select(key =>
            Format.Rules.RootKeyProblem(key, name, context.Now + CertificateReserve) is not null && signers.FirstOrDefault(signer => signer.Scheme == key.Scheme && signer.Material.Span.SequenceEqual(key.Material.Span)) is { } signer
                ? RootCertificate.Create(signer, name, context.Now - ClockSlack, context.Now + rootLifetime)
                : key),
    ];

    private ReadOnlyMemory<byte> SignSnapshot(SignedMetadata<Root> root)
    {
        var before = chain.Set.Snapshot.Metadata.Signed;
        var snapshot = SnapshotBuilder.Next(before, new Dictionary<RoleName, MetaFile> { [RoleName.Root] = root.Describe() }, context.Now + SnapshotLifetime);
        var signers = context.Keyring.Open(Held(RoleName.Snapshot).Take(current.Roles[RoleName.Snapshot].Threshold), KeyPurpose.Snapshot);
        try
        {
            return MetadataSigner.Sign(Format, snapshot, KeysOf(RoleName.Snapshot), signers).File;
        }
        finally
        {
            foreach (var signer in signers)
                signer.Dispose();
        }
    }

    private IEnumerable<PublicKey> KeysOf(RoleName role) => current.Roles[role].KeyIds.Where(current.Keys.ContainsKey).Select(id => current.Keys[id]);

    private ImmutableArray<KeyEntry> Held(RoleName role)
    {
        var listed = KeysOf(role).ToList();
        return [.. context.Keys.List().Where(entry => listed.Exists(entry.IsSame))];
    }
}
