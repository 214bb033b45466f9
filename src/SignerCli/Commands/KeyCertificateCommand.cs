using System.CommandLine;
using System.Text;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Formats.Notary;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer key certificate</c>.</summary>
internal sealed class KeyCertificateCommand : SignerCommand
{
    private readonly Argument<string> key = new("key") { HelpName = "KEY", Description = "The key: id, label, file, env://VARIABLE, pkcs11:… or exec:PROGRAM" };
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository for which it is a root key" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "How long it is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string?> outFile = new("--out") { HelpName = "FILE", Description = "Write it to FILE, which must not be there yet (default: standard output)" };

    /// <summary>Makes the command.</summary>
    public KeyCertificateCommand(CliHost host, GlobalOptions globals)
        : base("certificate", "Make the certificate under which a key can be a root key of a Notary repository: what the holder of a root key hands out. It opens no connection.", host, globals)
    {
        Arguments.Add(key);
        Arguments.Add(repository);
        Options.Add(expires);
        Options.Add(outFile);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer key certificate alice registry.example.com/team/app > alice.crt"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        if (context.Parse.GetValue(outFile) is { } place)
            PrivateFiles.RequireFree(place);
        var until = context.Now + Durations.Parse(context.Parse.GetRequiredValue(expires), "--expires");
        var certificate = HolderKeys.Certify(context, context.KeyFinder.Find(context.Parse.GetRequiredValue(key)), NotaryFormat.Instance, name, until);
        var pem = RootCertificate.PemOf(certificate)!;
        if (context.Parse.GetValue(outFile) is { } path)
            PrivateFiles.WriteNew(path, pem);
        else if (!context.Output.IsJson)
            context.Output.ResultText(Encoding.ASCII.GetString(pem));
        context.Output.Say("Certificate", $"{certificate.Id.Short} for {name}, valid until {CommandOutput.Date(until)}");
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("keyid", certificate.Id.Value);
            writer.WriteString("repository", name.Value);
            writer.WriteTime("expires", until);
            writer.WriteString("certificate", Encoding.ASCII.GetString(pem));
            writer.WriteEndObject();
        });
        return Task.FromResult(Outcome.Verified);
    }
}
