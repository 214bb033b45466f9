using TrustService.Metadata;

namespace TrustService.Server.Services;

/// <summary>What an upload may hold; each surface has its own.</summary>
internal sealed record UploadRules
{
    /// <summary>The role that a part's file name means; the name is empty where a part has none. Throws the refusal of a name that means none.</summary>
    public required Func<string, RoleName> RoleOf { get; init; }

    /// <summary>True if the last of several parts for one role counts; false if they are refused.</summary>
    public bool TakesLastPart { get; init; }

    /// <summary>The one role that may have several parts, which are files of different versions; or null.</summary>
    public RoleName? RepeatedRole { get; init; }

    /// <summary>True if an upload without any part is a request too.</summary>
    public bool MayBeEmpty { get; init; }
}
