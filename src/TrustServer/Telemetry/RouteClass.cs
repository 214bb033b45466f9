namespace TrustService.Server.Telemetry;

/// <summary>The kinds of requests that metrics tell apart; metadata of an endpoint.</summary>
internal enum RouteClass
{
    /// <summary>No route, or one without a class.</summary>
    Other,

    /// <summary>Metadata files.</summary>
    Metadata,

    /// <summary>Publishing.</summary>
    Publish,

    /// <summary>Online keys.</summary>
    OnlineKeys,

    /// <summary>The management API.</summary>
    Management,

    /// <summary>Health and metrics.</summary>
    Operations,
}
