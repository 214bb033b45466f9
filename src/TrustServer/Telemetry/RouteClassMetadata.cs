namespace TrustService.Server.Telemetry;

/// <summary>Says to which class of requests an endpoint belongs.</summary>
/// <param name="Class">The class.</param>
internal sealed record RouteClassMetadata(RouteClass Class);
