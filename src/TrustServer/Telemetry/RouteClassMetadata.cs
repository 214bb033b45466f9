namespace TrustService.Server.Telemetry;

/// <summary>Says to which class of requests an endpoint belongs; as a feature of a request it comes before the endpoint's.</summary>
/// <param name="Class">The class.</param>
internal sealed record RouteClassMetadata(RouteClass Class);
