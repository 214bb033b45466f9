using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Ceremony;

/// <summary>A key of a role, as people are told of it.</summary>
/// <param name="Id">The id under which the file lists it.</param>
/// <param name="Name">What the signed file calls its holder, or null.</param>
public sealed record KeyHolder(KeyId Id, string? Name)
{
    /// <summary>The keys of a role in a root, in its order.</summary>
    public static IEnumerable<KeyHolder> Of(Root root, RoleName role) =>
        root.Roles.TryGetValue(role, out var keys) ? keys.KeyIds.Select(id => new KeyHolder(id, root.KeyNames.GetValueOrDefault(id))) : [];

    /// <summary>The name with the whole id: of a key that comes, since the ends of an id can be made to match.</summary>
    public string InFull => Printable.Of(Name is null ? Id.Value : $"{Name} ({Id.Value})");

    /// <summary><c>alice (3f9c…a1)</c>, or the short id alone.</summary>
    public override string ToString() => Printable.Of(Name is null ? Id.Short : $"{Name} ({Id.Short})");
}
