using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>Who may sign a role, as one file lists them. A root that replaces keys has two such lists: the former root's and its own.</summary>
/// <param name="Place">The file, for messages: <c>root 3</c>.</param>
/// <param name="Keys">The keys that the file lists.</param>
/// <param name="Role">Which of them belong to the role, and how many must sign.</param>
public sealed record SignerList(string Place, IReadOnlyDictionary<KeyId, PublicKey> Keys, RoleKeys Role)
{
    /// <summary>The list that a root has for a top-level role.</summary>
    public static SignerList Of(Root root, RoleName role) => new(FormattableString.Invariant($"root {root.Version}"), root.Keys, root.Roles[role]);

    /// <summary>The keys of the role that the file contains.</summary>
    public IEnumerable<PublicKey> Members => Role.KeyIds.Where(Keys.ContainsKey).Select(id => Keys[id]);
}
