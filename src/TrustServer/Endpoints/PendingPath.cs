using System.Diagnostics.CodeAnalysis;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Server.Endpoints;

/// <summary>A path <c>{repository}/pending</c> or <c>{repository}/pending/{role}</c>; slashes of a role are encoded.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Role">The role, or null for all.</param>
internal sealed record PendingPath(RepositoryName Repository, RoleName? Role)
{
    private const string Suffix = "/pending";

    /// <summary>Reads what stands behind the address of all repositories, percent-encoded as it was sent.</summary>
    /// <returns>False if it is a path of another kind.</returns>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidRepositoryName"/> or <see cref="TrustError.InvalidRoleName"/>.</exception>
    public static bool TryParse(ReadOnlySpan<char> path, [NotNullWhen(true)] out PendingPath? parsed)
    {
        parsed = null;
        var slash = path.LastIndexOf('/');
        if (path.EndsWith(Suffix, StringComparison.Ordinal))
            parsed = new PendingPath(RepositoryEndpoints.Name(path[..^Suffix.Length]), null);
        else if (slash > 0 && path[..slash].EndsWith(Suffix, StringComparison.Ordinal))
            parsed = new PendingPath(RepositoryEndpoints.Name(path[..(slash - Suffix.Length)]), RoleOf(RawTarget.Decode(path[(slash + 1)..])));
        return parsed is not null;
    }

    private static RoleName RoleOf(string text) => RoleName.Parse(text) is { IsTopLevel: true } role ? role : RoleName.ParseDelegated(text);
}
