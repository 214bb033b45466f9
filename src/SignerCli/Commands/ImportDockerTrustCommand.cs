using System.CommandLine;
using TrustService.Cli.Importing;
using TrustService.Cli.KeyStores;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats.Notary;

namespace TrustService.Cli.Commands;

/// <summary><c>signer import docker-trust</c>.</summary>
internal sealed class ImportDockerTrustCommand : SignerCommand
{
    private readonly Option<string?> from = new("--from") { HelpName = "DIR", Description = "Directory of docker or notary (default ~/.docker/trust, or where DOCKER_CONFIG says)" };
    private readonly Option<bool> isDryRun = new("--dry-run") { Description = "Show what would be kept, and write nothing" };
    private readonly NewPassphraseOption newPassphrase = new();

    /// <summary>Makes the command.</summary>
    public ImportDockerTrustCommand(CliHost host, GlobalOptions globals)
        : base("docker-trust", "Copy the private keys of docker and notary into the key store, and pin the roots that they trust. The directory stays as it is.", host, globals)
    {
        Options.Add(from);
        Options.Add(isDryRun);
        Options.Add(newPassphrase.Option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer import docker-trust --dry-run", "signer import docker-trust --from ~/.notary"];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var directory = DockerTrustDirectory.Find(context.Parse.GetValue(from) ?? Path.GetDirectoryName(context.Home.DockerTrust)!);
        var rehearses = context.Parse.GetValue(isDryRun);
        var report = new MoveReport(context.Output, rehearses);
        context.Output.Say($"Reading {directory.Path}");
        var trust = CachedTrust.Read(directory, report.Add);
        using (var keys = new KeyImporter(context, trust, context.Parse.GetValue(newPassphrase.Option), rehearses))
            ImportKeys(directory, keys, report, cancellationToken);
        foreach (var (repository, root) in trust.Roots)
        {
            report.Add(Pin(context, repository, root, rehearses));
            foreach (var change in directory.StagedChanges(repository.Value))
                report.Add(new ReportLine("change", Path.GetFileName(change), Fate.Dropped, "it was staged and never published; sign it here instead") { Repository = repository });
        }
        return Task.FromResult(report.Finish(writer => writer.WriteString("directory", directory.Path)));
    }

    private static void ImportKeys(DockerTrustDirectory directory, KeyImporter keys, MoveReport report, CancellationToken cancellationToken)
    {
        var top = Path.Combine(directory.Path, "private");
        foreach (var path in directory.KeyFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(top, path);
            try
            {
                using var found = FoundKey.Read(top, path);
                report.Add(keys.Import(found));
            }
            catch (TrustException e) when (e.Error is TrustError.InvalidKeyFile or TrustError.LocalFile or TrustError.TooLarge && !path.EndsWith(".key", StringComparison.Ordinal))
            {
                // Others keep their files there as well: nothing is missing without them.
                report.Add(new ReportLine("file", name, Fate.Dropped, e.Message));
            }
            catch (TrustException e) when (e.Error is not (TrustError.Declined or TrustError.Usage))
            {
                report.Add(ReportLine.Refused("key", name, e));
            }
        }
    }

    private static ReportLine Pin(CommandContext context, Oci.RepositoryName repository, byte[] root, bool rehearses)
    {
        try
        {
            var pin = RootPin.OfFile(NotaryFormat.Instance, root);
            if (context.Roots.Find(repository, null) is { } pinned)
            {
                return pinned.Text == pin.Text
                    ? new ReportLine("root", pin.Fingerprint, Fate.Present, "pinned already") { Repository = repository }
                    : new ReportLine("root", pin.Fingerprint, Fate.Dropped, $"{pinned.Text} is pinned here already, and stays so") { Repository = repository };
            }
            if (!rehearses)
                context.Roots.Save(repository, root, server: null);
            return new ReportLine("root", pin.Fingerprint, Fate.Kept, "pinned: what is read from now on has to follow from it") { Repository = repository };
        }
        catch (TrustException e)
        {
            return ReportLine.Refused("root", repository.Value, e);
        }
    }
}
