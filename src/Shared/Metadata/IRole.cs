using TrustService.Json;

namespace TrustService.Metadata;

/// <summary>What the signed part of every metadata file has. Source: TUF 1.0.34 §4.3.</summary>
public interface IRole
{
    /// <summary>Which of the four shapes a type is.</summary>
    static abstract RoleType Type { get; }

    /// <summary>The format's <c>spec_version</c>, or null: where a format has none, and for the one that is written now, whatever a former version was written by.</summary>
    string? SpecVersion { get; }

    /// <summary>The version, 1 or more.</summary>
    long Version { get; }

    /// <summary>From this time on (UTC) the metadata is not to be trusted.</summary>
    DateTimeOffset Expires { get; }

    /// <summary>Members of the signed object that this version does not know.</summary>
    UnrecognizedMembers Unrecognized { get; }
}
