using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>A delegated role that cannot be had, or does not verify.</summary>
/// <param name="Role">The role.</param>
/// <param name="Keys">Who may sign it, as its delegator says.</param>
/// <param name="Refusal">What is wrong with it.</param>
internal sealed record UnverifiedRole(RoleName Role, RoleKeys Keys, TrustException Refusal)
{
    /// <summary>What is wrong, for people.</summary>
    public TrustException Problem => new(Refusal.Error, $"{Role} does not verify: {Refusal.Message}", Refusal) { Role = Role.Value, Hint = Refusal.Hint };

    /// <summary>A reading as such; null if it is none.</summary>
    public static UnverifiedRole? Of(RoleReading reading) =>
        reading is { Delegator: { } delegator, Refusal: { } refusal } ? new UnverifiedRole(reading.Role, delegator.Metadata.Signed.Delegations!.KeysOf(reading.Role)!, refusal) : null;
}
