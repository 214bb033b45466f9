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

    /// <summary>Path of its file, name of the environment variable that holds it, or the URI of a token's key or of a program.</summary>
    public required string Location { get; init; }

    /// <summary>Path of its description in the key store, or null if the key store does not know it.</summary>
    public string? DescriptionFile { get; init; }

    /// <summary>True if the key store knows it: the key itself lies there, or where it is.</summary>
    public bool IsInStore => DescriptionFile is not null;

    /// <summary>True if the private half can be read here, and so be copied; a token or a program only signs with it.</summary>
    public bool IsFile => Origin is KeyOrigin.Store or KeyOrigin.Docker or KeyOrigin.File or KeyOrigin.Environment;

    /// <summary>What <c>--key</c> takes for it.</summary>
    public string Uri => Origin == KeyOrigin.Environment ? KeyUris.Environment + Location : Location;

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

    /// <summary>When a backup of it was made last, UTC; null if none was made on this machine.</summary>
    public DateTimeOffset? BackedUp { get; init; }

    /// <summary>When a backup was last proved to restore, UTC; null if never.</summary>
    public DateTimeOffset? Drilled { get; init; }

    /// <summary>When it signed last on this machine, UTC; null if never.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>Wrong passphrases since it was opened last.</summary>
    public int WrongPassphrases { get; init; }

    /// <summary>When the first of them was given, UTC; null if there was none.</summary>
    public DateTimeOffset? WrongSince { get; init; }

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
