using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Importing;

/// <summary>What the trust data that a client cached tells of repositories and of what keys are for.</summary>
internal sealed class CachedTrust
{
    private static readonly VerificationLimits Limits = VerificationLimits.Default;

    private readonly Dictionary<string, List<KeyUse>> uses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<RepositoryName, byte[]> roots = [];

    private CachedTrust()
    {
    }

    /// <summary>The cached root of each repository: the one that the client holds for its identity.</summary>
    public IReadOnlyDictionary<RepositoryName, byte[]> Roots => roots;

    /// <summary>Reads every repository of the directory; one that cannot be used is told to <paramref name="refuse"/> and left out.</summary>
    public static CachedTrust Read(DockerTrustDirectory directory, Action<ReportLine> refuse)
    {
        var read = new CachedTrust();
        foreach (var name in directory.Repositories())
        {
            try
            {
                read.Add(directory, name);
            }
            catch (TrustException e)
            {
                refuse(ReportLine.Refused("root", name, e));
            }
        }
        return read;
    }

    /// <summary>The roles that list the key.</summary>
    /// <param name="notaryId">Notary's id of the bare key, as in the names of key files.</param>
    public IReadOnlyList<KeyUse> UsesOf(string notaryId) => uses.TryGetValue(notaryId, out var found) ? found : [];

    private void Add(DockerTrustDirectory directory, string name)
    {
        var repository = Gun.Parse(name);
        var file = directory.ReadMetadata(name, RoleName.Root.Value, Limits.MaxRootBytes)!;
        var root = TrustedRoot.Pin(NotaryFormat.Instance, file, Limits);
        root.RequireRepository(repository);
        roots.Add(repository, file);
        foreach (var (role, keys) in root.Metadata.Signed.Roles)
            Note(repository, role, keys, root.Metadata.Signed.Keys);
        var delegators = new Queue<RoleName>([RoleName.Targets]);
        var seen = new HashSet<RoleName>();
        while (delegators.TryDequeue(out var delegator) && seen.Count < Limits.MaxVisitedRoles)
        {
            if (!seen.Add(delegator) || ReadTargets(directory, name, delegator)?.Delegations is not { } delegations)
                continue;
            foreach (var delegated in delegations.Roles)
            {
                Note(repository, delegated.Name, delegated.RoleKeys, delegations.Keys);
                delegators.Enqueue(delegated.Name);
            }
        }
    }

    // It only tells people what a key is for: nothing is trusted because of it, so a damaged file is no reason to stop.
    private static Targets? ReadTargets(DockerTrustDirectory directory, string name, RoleName role)
    {
        try
        {
            return NotaryFormat.Instance.Rules.MayWriteRoleName(role) && directory.ReadMetadata(name, role.Value, Limits.MaxTargetsBytes) is { } file
                ? NotaryFormat.Instance.Read<Targets>(file, Limits.MaxTargetsBytes).Signed
                : null;
        }
        catch (TrustException)
        {
            return null;
        }
    }

    private void Note(RepositoryName repository, RoleName role, RoleKeys keys, IReadOnlyDictionary<KeyId, PublicKey> known)
    {
        foreach (var id in keys.KeyIds)
        {
            if (!known.TryGetValue(id, out var key) || !key.IsUsable)
                continue;
            // A certificate has an id of its own; key files are named by the key inside it.
            var bare = NotaryFormat.Instance.DescribeKey(key.Scheme, key.Material).Id.Value;
            if (!uses.TryGetValue(bare, out var list))
                uses.Add(bare, list = []);
            list.Add(new KeyUse(repository, role));
        }
    }
}
