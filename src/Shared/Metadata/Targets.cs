using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>Targets, and the roles to which some of them are delegated. Source: TUF 1.0.34 §4.5.</summary>
public sealed record Targets : IRole
{
    /// <inheritdoc/>
    public static RoleType Type => RoleType.Targets;

    /// <inheritdoc/>
    public string? SpecVersion { get; init; }

    /// <inheritdoc/>
    public required long Version { get; init; }

    /// <inheritdoc/>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Each target by its path.</summary>
    public required IReadOnlyDictionary<string, TargetFile> TargetFiles { get; init; }

    /// <summary>Delegations, or null if there is none.</summary>
    public Delegations? Delegations { get; init; }

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
