using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key import</c>.</summary>
internal sealed class KeyImportCommand : SignerCommand
{
    private readonly Argument<string> file = new("file") { HelpName = "FILE", Description = "PEM file with a private key (also one of Docker Content Trust), or env://VARIABLE" };
    private readonly Option<string?> label = new("--label") { HelpName = "LABEL", Description = "A name for the key" };
    private readonly Option<string?> role = new("--role") { HelpName = "ROLE", Description = "What it is for; default: what the file says, if it does" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public KeyImportCommand(CliHost host, GlobalOptions globals)
        : base("import", "Copy a private key into the key store, encrypted anew. The file stays as it is.", host, globals)
    {
        Arguments.Add(file);
        Options.Add(label);
        Options.Add(role);
        Options.Add(newPassphrase.Option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key import release.pem --role targets", "signer key import ~/.docker/trust/private/77b0….key"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var source = context.KeyFinder.Find(context.Parse.GetRequiredValue(file));
        if (source.Origin == KeyOrigin.Store)
            throw new TrustException(TrustError.AlreadyExists, $"The key {source.Name} is in the key store already.");
        using var keyFile = context.KeyFinder.ReadFile(source);
        var details = NewKey.Details(context, context.Parse.GetValue(label), context.Parse.GetValue(role) ?? keyFile.Role);
        if (RepositoryName.TryParse(keyFile.Repository, out var repository))
            details = details with { Repositories = [repository.Value] };
        var purpose = KeyPurposes.Of(details.Roles);
        using var key = context.Passphrases.Open(keyFile, purpose, $"the key {source.Location}");
        using var passphrase = newPassphrase.Get(context, purpose, "the key in the key store");
        NewKey.Report(context, context.Keys.Add(key, passphrase.Utf8, details), "imported");
        return Task.FromResult(Outcome.Verified);
    }
}
