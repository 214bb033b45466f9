using System.CommandLine;

namespace TrustService.Cli.Commands;

/// <summary>The commands below <c>signer key</c>.</summary>
internal static class KeyCommands
{
    /// <summary>Builds them.</summary>
    public static Command Create(CliHost host, GlobalOptions globals) => new("key", "Work with the private keys of this user.")
    {
        new KeyGenerateCommand(host, globals),
        new KeyListCommand(host, globals),
        new KeyImportCommand(host, globals),
        new KeyExportCommand(host, globals),
        new KeyCertificateCommand(host, globals),
        new KeyPasswdCommand(host, globals),
        new KeyRemoveCommand(host, globals),
        new KeyBackupCommand(host, globals),
        new KeyRestoreCommand(host, globals),
        new KeyDrillCommand(host, globals),
        new KeyRotateCommand(host, globals),
    };
}
