using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>What the command line says of which versions no thief made.</summary>
/// <param name="From">The version of each role whose content is taken, as far as they are named.</param>
/// <param name="Before">The versions of all other roles are taken that were the newest before this time, UTC; null to ask for them.</param>
/// <param name="IsConfirmed">True if nothing may be asked.</param>
internal sealed record HonestChoice(IReadOnlyDictionary<RoleName, long> From, DateTimeOffset? Before, bool IsConfirmed);
