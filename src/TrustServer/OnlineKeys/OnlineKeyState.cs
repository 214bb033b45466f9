namespace TrustService.Server.OnlineKeys;

/// <summary>Where an online key stands in its life.</summary>
internal enum OnlineKeyState
{
    /// <summary>Made, and not listed by any published root yet.</summary>
    Pending,

    /// <summary>Listed by the current root.</summary>
    Active,

    /// <summary>Listed by a former root only.</summary>
    Retired,
}
