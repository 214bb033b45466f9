using Microsoft.AspNetCore.Authorization;

namespace TrustService.Server.Security;

/// <summary>The right that a route needs.</summary>
/// <param name="Access">One of <see cref="AccessPolicies"/>.</param>
internal sealed record AccessRequirement(string Access) : IAuthorizationRequirement;
