namespace TrustService.Metadata;

/// <summary>The four shapes of metadata; a delegated role has the shape of targets.</summary>
public enum RoleType
{
    /// <summary>Keys and thresholds.</summary>
    Root,

    /// <summary>The current snapshot.</summary>
    Timestamp,

    /// <summary>The current targets files.</summary>
    Snapshot,

    /// <summary>Targets and delegations.</summary>
    Targets,
}
