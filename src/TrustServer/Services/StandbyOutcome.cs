namespace TrustService.Server.Services;

/// <summary>What came of putting the standby key into force for a repository.</summary>
internal enum StandbyOutcome
{
    /// <summary>It signs from now on.</summary>
    Activated,

    /// <summary>It signed before.</summary>
    Unchanged,

    /// <summary>The root does not list it: only the owner can help, by a new root.</summary>
    NotListed,

    /// <summary>Nothing can be signed here now; the reason tells why.</summary>
    Refused,
}
