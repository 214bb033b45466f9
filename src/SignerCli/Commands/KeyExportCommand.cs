using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Cli.KeyStores;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Keys;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key export</c>.</summary>
internal sealed class KeyExportCommand : SignerCommand
{
    private readonly Argument<string> key = new("key") { HelpName = "KEY", Description = "Id or the start of it, label, file, or a URI as --key takes it" };
    private readonly Option<bool> isPrivate = new("--private") { Description = "Export the private key, encrypted with its passphrase, to the file of --out" };
    private readonly Option<bool> forNotary = new("--for-notary") { Description = "With --private: in the form that the notary and docker clients read, with its role and repository" };
    private readonly NewPassphraseOption newPassphrase = new();
    private readonly Option<string?> outFile = new("--out") { HelpName = "FILE", Description = "Write to FILE (must not exist) instead of standard output" };

    /// <summary>Makes the command.</summary>
    public KeyExportCommand(CliHost host, GlobalOptions globals)
        : base("export", "Print the public key as PEM, or write an encrypted copy of the private key.", host, globals)
    {
        Arguments.Add(key);
        Options.Add(isPrivate);
        Options.Add(forNotary);
        Options.Add(newPassphrase.Option);
        Options.Add(outFile);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key export ci > ci.pub", "signer key export 3f9c --private --out /media/usb/root.pem", "signer key export 77b0 --private --for-notary --out targets.key"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var entry = context.KeyFinder.Find(context.Parse.GetRequiredValue(key));
        var path = context.Parse.GetValue(outFile);
        if (context.Parse.GetValue(isPrivate))
            ExportPrivate(context, entry, path ?? throw new TrustException(TrustError.Usage, "A private key is written to a file only.") { Hint = "Give --out FILE." }, context.Parse.GetValue(forNotary));
        else if (context.Parse.GetValue(forNotary))
            throw new TrustException(TrustError.Usage, "--for-notary is about private keys; a public key is the same PEM for everyone.") { Hint = "Add --private, or leave it out." };
        else
            ExportPublic(context, entry, path);
        return Task.FromResult(Outcome.Verified);
    }

    private static void ExportPublic(CommandContext context, KeyEntry entry, string? path)
    {
        if (path is not null)
            PrivateFiles.RequireFree(path);
        var (scheme, material) = entry.Public is { } known ? (known.Scheme, known.Material) : Open();
        var pem = KeyMaterial.ToPem(scheme, material.Span);
        if (path is not null)
            PrivateFiles.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(pem));
        else if (!context.Output.IsJson)
            context.Output.ResultText(pem);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", FileKeyStore.Describe(scheme, material).Id.Value);
            writer.WriteString("scheme", KeySchemes.JsonName(scheme));
            writer.WriteString("publicKey", pem);
            writer.WriteEndObject();
        });

        (Metadata.SignatureScheme, ReadOnlyMemory<byte>) Open()
        {
            using var opened = context.Keyring.Open(entry, KeyPurposes.Of(entry.Roles));
            return (opened.Scheme, opened.Material);
        }
    }

    // The bytes of the store's own file, where its form will do: whoever has the passphrase can read them here and there.
    private void ExportPrivate(CommandContext context, KeyEntry entry, string path, bool isForNotary)
    {
        RoleKeyring.RequireFile(entry);
        if (entry.Origin != KeyOrigin.Store)
            throw new TrustException(TrustError.Usage, $"{entry.Location} is not in the key store; it can be copied as it is.");
        PrivateFiles.RequireFree(path);
        PrivateFiles.WriteNew(path, isForNotary ? ForNotary(context, entry) : PrivateFiles.Read(entry.Location, PrivateKeyFile.MaxBytes));
        context.Output.Say("Key", $"{entry.Name}, encrypted with its passphrase → {path}");
        context.Output.ResultJson(writer => writer.WriteKey(entry with { Location = path }));
    }

    private byte[] ForNotary(CommandContext context, KeyEntry entry)
    {
        var role = entry.Roles.FirstOrDefault() ?? entry.Label
            ?? throw new TrustException(TrustError.Usage, $"It is not known what {entry.Name} is for, and the notary and docker clients need to be told.") { Hint = "Import it again with --role." };
        // Keys of these roles belong to one repository in the other clients, the others to none.
        var belongs = role is "targets" or "snapshot";
        if (belongs && entry.Repositories.Length > 1)
            context.Output.Notice($"{entry.Name} signs for {entry.Repositories.Length} repositories; the file names none of them: notary key import --gun REPOSITORY");
        var purpose = KeyPurposes.Of(entry.Roles);
        using var opened = context.Keyring.OpenFile(entry, purpose);
        using var passphrase = newPassphrase.Get(context, purpose, "the exported copy");
        return PrivateKeyFile.WriteForNotary(opened, passphrase.Utf8, NotaryFormat.Instance.DescribeKey(opened.Scheme, opened.Material).Id, role, belongs && entry.Repositories.Length == 1 ? entry.Repositories[0] : null);
    }
}
