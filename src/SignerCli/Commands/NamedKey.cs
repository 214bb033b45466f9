using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>A key, and what the signed metadata calls its holder.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The holder's name, or null.</param>
internal sealed record NamedKey(KeyId Id, string? Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name is null ? Id.Short : $"{Name} ({Id.Short})";
}
