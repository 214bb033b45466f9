namespace TrustService.Cli.KeyStores;

/// <summary>Where a private key lives.</summary>
internal enum KeyOrigin
{
    /// <summary>In this user's key store.</summary>
    Store,

    /// <summary>Among the keys of Docker Content Trust.</summary>
    Docker,

    /// <summary>In a file that was named on the command line.</summary>
    File,

    /// <summary>In an environment variable.</summary>
    Environment,
}
