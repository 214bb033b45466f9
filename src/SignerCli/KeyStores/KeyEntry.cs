using System.Collections.Immutable;
using TrustService.Formats.Notary;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>What is known of a private key without opening it.</summary>
internal sealed record KeyEntry
{
    /// <summary>Where it lives.</summary>
    public required KeyOrigin Origin { get; init; }

    /// <summary>Path of its file, or the name of the environment variable that holds it.</summary>
    public required string Location { get; init; }

    /// <summary>
    /// Its id. In the store: as TUF metadata lists it. Of Docker's keys: the name of the file, which is Notary's id.
    /// Null if only opening the file would tell.
    /// </summary>
    public KeyId? Id { get; init; }

    /// <summary>The public half, or null if only opening the file would tell.</summary>
    public PublicKey? Public { get; init; }

    /// <summary>The name that its owner gave it, or null.</summary>
    public string? Label { get; init; }

    /// <summary>What it is for: <c>root</c>, <c>targets</c>, the name of a delegated role; may be empty.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>The repositories whose metadata lists it, as far as this machine knows.</summary>
    public ImmutableArray<string> Repositories { get; init; } = [];

    /// <summary>When it was made or imported, or null.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>How messages name the key: label and short id, or its location.</summary>
    public string Name => (Label, Id) switch
    {
        ({ } label, { } id) => $"{label} ({id.Short})",
        (null, { } id) => id.Short,
        _ => Location,
    };

    /// <summary>True if both are the same key, whatever the metadata calls it.</summary>
    public bool IsSame(PublicKey key) => Public is { } mine
        ? mine.Scheme == key.Scheme && mine.Material.Span.SequenceEqual(key.Material.Span)
        // The files of Docker Content Trust are named by the id that its metadata gives to the bare public key.
        : Origin == KeyOrigin.Docker && key.IsUsable && NotaryFormat.Instance.Rules.Schemes.Contains(key.Scheme) && NotaryFormat.Instance.DescribeKey(key.Scheme, key.Material).Id == Id;
}
