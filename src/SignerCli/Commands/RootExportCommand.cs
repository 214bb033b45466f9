using System.CommandLine;
using System.Text;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer root export</c>.</summary>
internal sealed class RootExportCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository" };
    private readonly Option<bool> fingerprint = new("--fingerprint") { Description = "Print the fingerprint of the root instead of the file" };
    private readonly Option<bool> isOffline = new("--offline") { Description = "Open no connection: the newest root that was fetched before" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RootExportCommand(CliHost host, GlobalOptions globals)
        : base("export", "Print the newest root of a repository. It is verified from the pinned one; verifiers pin it.", host, globals)
    {
        Arguments.Add(repository);
        foreach (var option in (Option[])[fingerprint, isOffline, .. trust.ForReading])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer root export registry.example.com/team/app > root.json", "signer root export --fingerprint registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = RepositoryName.Parse(context.Parse.GetRequiredValue(repository));
        var root = await context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(name, trust, context.Parse.GetValue(isOffline), token);
                return (await RepositoryReading.ReadAsync(opened, context.Now, token)).Targets.Snapshot.Root;
            },
            cancellationToken);
        var file = root.Metadata.File;
        var pin = RootPin.OfFile(root.Format, file);
        if (root.Metadata.Signed.Expires <= context.Now)
            context.Output.Warn($"Root {root.Version} expired at {root.Metadata.Signed.Expires:u}: verifiers refuse it until its owners publish a new one.");
        if (context.Output.IsJson)
        {
            context.Output.ResultJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("repository", name.Value);
                writer.WriteNumber("version", root.Version);
                writer.WriteString("fingerprint", pin.Fingerprint);
                writer.WritePropertyName("root");
                writer.WriteRawValue(file.Span);
                writer.WriteEndObject();
            });
        }
        else if (context.Parse.GetValue(fingerprint))
            context.Output.Result(pin.Fingerprint);
        else
            // Byte for byte, without a line feed of our own: the fingerprint is that of these bytes.
            context.Output.ResultText(Encoding.UTF8.GetString(file.Span));
        return Outcome.Verified;
    }
}
