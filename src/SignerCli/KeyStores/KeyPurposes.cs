using System.Collections.Immutable;

namespace TrustService.Cli.KeyStores;

/// <summary>What a key is for, told from the roles it is noted for.</summary>
internal static class KeyPurposes
{
    /// <summary>The purpose of a key with these roles; root before targets, targets before snapshot.</summary>
    public static KeyPurpose Of(ImmutableArray<string> roles) =>
        roles.Contains("root") ? KeyPurpose.Root : roles.Contains("targets") ? KeyPurpose.Targets : roles.Contains("snapshot") ? KeyPurpose.Snapshot : KeyPurpose.Delegation;
}
