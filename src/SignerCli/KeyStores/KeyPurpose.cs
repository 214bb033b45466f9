namespace TrustService.Cli.KeyStores;

/// <summary>What a key is for, as far as its passphrase is concerned.</summary>
internal enum KeyPurpose
{
    /// <summary>Root keys.</summary>
    Root,

    /// <summary>Keys of the top-level targets role.</summary>
    Targets,

    /// <summary>Keys of the snapshot role, where its owner signs it and not the server.</summary>
    Snapshot,

    /// <summary>Backups of keys, which have a passphrase of their own.</summary>
    Backup,

    /// <summary>Keys of delegated roles, and keys whose role is not known.</summary>
    Delegation,
}
