using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Publishing;

/// <summary>The private keys of one repository that the server holds.</summary>
/// <param name="Snapshot">Keys for snapshot, the preferred one first.</param>
/// <param name="Timestamp">Keys for timestamp, the preferred one first.</param>
public sealed record OnlineSigners(ImmutableArray<ISigningKey> Snapshot, ImmutableArray<ISigningKey> Timestamp)
{
    /// <summary>The first key that <paramref name="root"/> lists for an online role, or null.</summary>
    public ISigningKey? Find(Root root, RoleName role)
    {
        var listed = ListedKeys(root, role).ToList();
        return (role == RoleName.Snapshot ? Snapshot : Timestamp)
            .FirstOrDefault(signer => listed.Exists(key => key.Scheme == signer.Scheme && key.Material.Span.SequenceEqual(signer.Material.Span)));
    }

    /// <summary>The first key that <paramref name="root"/> lists for an online role.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.OnlineKeyUnavailable"/></exception>
    public ISigningKey Require(Root root, RoleName role) =>
        Find(root, role) ?? throw new TrustException(TrustError.OnlineKeyUnavailable, $"The server holds none of the keys that root {root.Version} lists for {role}.")
        {
            Role = role.Value,
            Delegator = $"root {root.Version}",
            Hint = "Ask the server for its key, list it in a new root, sign that with the root keys and publish it.",
        };

    /// <summary>The keys that <paramref name="root"/> lists for a role.</summary>
    internal static IEnumerable<PublicKey> ListedKeys(Root root, RoleName role)
    {
        foreach (var id in root.Roles[role].KeyIds)
        {
            if (root.Keys.TryGetValue(id, out var key))
                yield return key;
        }
    }
}
