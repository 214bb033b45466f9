namespace TrustService.Verification;

/// <summary>What a search made of one delegation.</summary>
public enum DelegationVerdict
{
    /// <summary>It is for the path: the role is looked at in its turn, unless the search ends before.</summary>
    Matches,

    /// <summary>The path is none of those that it is for.</summary>
    OtherPaths,

    /// <summary>One before it is for the path and for it alone.</summary>
    BehindTerminating,
}
