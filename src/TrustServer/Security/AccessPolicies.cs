using Microsoft.AspNetCore.Authorization;

namespace TrustService.Server.Security;

/// <summary>What a caller may do; each group of routes names the one that it needs.</summary>
internal static class AccessPolicies
{
    /// <summary>Reading metadata.</summary>
    public const string Pull = "Pull";

    /// <summary>Publishing, and making online keys.</summary>
    public const string Push = "Push";

    /// <summary>Deleting repositories.</summary>
    public const string Admin = "Admin";

    /// <summary>Adds the policies and the handler that decides about them.</summary>
    public static IServiceCollection AddTrustAuthorization(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, NoAuthenticationHandler>();
        return services.AddAuthorization(options =>
        {
            foreach (var name in (string[])[Pull, Push, Admin])
                options.AddPolicy(name, policy => policy.AddRequirements(new AccessRequirement(name)));
        });
    }
}
