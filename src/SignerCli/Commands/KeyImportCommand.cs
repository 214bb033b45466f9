using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key import</c>.</summary>
internal sealed class KeyImportCommand : SignerCommand
{
    private readonly Argument<string> file = new("file") { HelpName = "FILE", Description = "PEM file with a private key (also one of Docker Content Trust), env://VARIABLE, or pkcs11:… or exec:… to note where a key is" };
    private readonly Option<string?> label = new("--label") { HelpName = "LABEL", Description = "A name for the key" };
    private readonly Option<string?> role = new("--role") { HelpName = "ROLE", Description = "What it is for; default: what the file says, if it does" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public KeyImportCommand(CliHost host, GlobalOptions globals)
        : base("import", "Copy a private key into the key store, encrypted anew; the file stays as it is. Of a key in a token or behind a program, note where it is, so that it is found by itself.", host, globals)
    {
        Arguments.Add(file);
        Options.Add(label);
        Options.Add(role);
        Options.Add(newPassphrase.Option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key import release.pem --role targets", "signer key import ~/.docker/trust/private/77b0….key", "signer key import 'pkcs11:token=release;object=targets' --label hsm --role targets", "signer key import 'exec:/usr/local/bin/vault-transit.sh?key=release' --label vault"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var source = context.KeyFinder.Find(context.Parse.GetRequiredValue(file));
        if (source.IsInStore)
            throw new TrustException(TrustError.AlreadyExists, $"The key {source.Name} is in the key store already.");
        if (!source.IsFile)
        {
            NewKey.Report(context, ImportReference(context, source, NewKey.Details(context, context.Parse.GetValue(label), context.Parse.GetValue(role))), "noted");
            return Task.FromResult(Outcome.Verified);
        }
        using var keyFile = context.KeyFinder.ReadFile(source);
        var details = NewKey.Details(context, context.Parse.GetValue(label), context.Parse.GetValue(role) ?? keyFile.Role);
        if (RepositoryName.TryParse(keyFile.Repository, out var repository))
            details = details with { Repositories = [repository.Value] };
        var purpose = KeyPurposes.Of(details.Roles);
        using var key = context.Passphrases.Open(keyFile, purpose, $"the key {source.Location}", onWrong: null);
        using var passphrase = newPassphrase.Get(context, purpose, "the key in the key store");
        NewKey.Report(context, context.Keys.Add(key, passphrase.Utf8, details), "imported");
        return Task.FromResult(Outcome.Verified);
    }

    // It has to sign once: better to know now than when an image waits for it.
    private static KeyEntry ImportReference(CommandContext context, KeyEntry source, KeyEntry details)
    {
        using var key = context.Keyring.Open(source, KeyPurposes.Of(details.Roles));
        KeyProof.Require(key);
        return context.Keys.AddReference(FileKeyStore.Describe(key.Scheme, key.Material), details with { Origin = source.Origin, Location = source.Location });
    }
}
