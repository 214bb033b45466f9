using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>The keys and thresholds of the top-level roles. Source: TUF 1.0.34 §4.3.</summary>
public sealed record Root : IRole
{
    /// <inheritdoc/>
    public static RoleType Type => RoleType.Root;

    /// <inheritdoc/>
    public string? SpecVersion { get; init; }

    /// <inheritdoc/>
    public required long Version { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>True if files are stored under names with their version or hash.</summary>
    public required bool ConsistentSnapshot { get; init; }

    /// <summary>Every key by its id.</summary>
    public required IReadOnlyDictionary<KeyId, PublicKey> Keys { get; init; }

    /// <summary>The keys of each role; root, timestamp, snapshot and targets are always there.</summary>
    public required IReadOnlyDictionary<RoleName, RoleKeys> Roles { get; init; }

    /// <summary>
    /// The full name of the repository that it belongs to, where its owner's tool wrote that; null elsewhere. It is covered
    /// by the signatures, and keeps apart repositories whose owner uses one key for several.
    /// </summary>
    public string? Repository { get; init; }

    /// <summary>What people call the holders of keys, by key id, where the owner's tool wrote that; empty elsewhere.</summary>
    public IReadOnlyDictionary<KeyId, string> KeyNames { get; init; } = Metadata.KeyNames.None;

    /// <inheritdoc/>
    public UnrecognizedMembers Unrecognized { get; init; } = UnrecognizedMembers.None;
}
