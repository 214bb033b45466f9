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

    /// <summary>In a device or module that is spoken to by PKCS #11; it signs there and never leaves it.</summary>
    Token,

    /// <summary>Behind a program that signs when it is asked, such as one that speaks to a key service.</summary>
    Program,
}
