using Microsoft.AspNetCore.Authorization;

namespace TrustService.Server.Security;

/// <summary>
/// Allows everything: who may connect is decided by the address that the server listens on, which is loopback unless the
/// operator says otherwise (<see cref="Hosting.ServerSettings"/>).
/// </summary>
internal sealed class NoAuthenticationHandler : AuthorizationHandler<AccessRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
