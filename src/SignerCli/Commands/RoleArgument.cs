using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>A role that somebody named on the command line.</summary>
internal static class RoleArgument
{
    /// <summary>The role of that name.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if it cannot be one: nothing that is verified is wrong.</exception>
    public static RoleName Parse(string text) =>
        RoleName.TryParse(text, out var name) ? name : throw new TrustException(TrustError.Usage, $"\"{text}\" cannot be the name of a role.");
}
