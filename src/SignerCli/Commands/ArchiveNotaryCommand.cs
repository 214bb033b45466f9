using System.CommandLine;
using TrustService.Cli.Home;
using TrustService.Cli.Importing;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer archive notary</c>.</summary>
internal sealed class ArchiveNotaryCommand : SignerCommand
{
    private readonly Argument<string> url = new("url") { HelpName = "URL", Description = "Address of the server, such as https://notary.example.com" };
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Full name of a repository, registry host included", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> outFile = new("--out", "-o") { HelpName = "FILE", Description = "Write to FILE, which must not exist (-o is this option here: the form of results is --output)", Required = true };
    private readonly NotaryFlags notary = new();

    /// <summary>Makes the command.</summary>
    public ArchiveNotaryCommand(CliHost host, GlobalOptions globals)
        : base("notary", "Save everything that a Notary server has of repositories, before it goes dark. signer import notary --from-archive reads the file.", host, globals)
    {
        Arguments.Add(url);
        Arguments.Add(repositories);
        foreach (var option in (Option[])[outFile, .. notary.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer archive notary https://notary.docker.io docker.io/team/app docker.io/team/web --out trust.tar",
        "signer archive notary https://notary.example.com --all-from repositories.txt --out trust.tar",
    ];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var names = RepositoryNames.Read(context.Parse.GetValue(repositories) ?? [], notary.NamesFile(context.Parse));
        var path = Path.GetFullPath(context.Parse.GetRequiredValue(outFile));
        PrivateFiles.RequirePlace(path);
        using var server = notary.Open(context.Host, context.Parse, context.Output, context.Parse.GetRequiredValue(url));
        var report = new MoveReport(context.Output, isRehearsal: false);
        using (var archive = new ArchiveWriter(path, server.Location, context.Now))
        {
            foreach (var name in names)
                report.Add(await SaveAsync(context, server, name, archive, cancellationToken));
            if (archive.Count > 0)
                archive.Complete();
        }
        if (File.Exists(path))
            context.Output.Say($"Written to {path}");
        else
            context.Output.Warn("Nothing could be fetched, so nothing was written.");
        return report.Finish(writer =>
        {
            if (File.Exists(path))
                writer.WriteString("file", path);
        });
    }

    private static async Task<ReportLine> SaveAsync(CommandContext context, NotaryConnection server, RepositoryName name, ArchiveWriter archive, CancellationToken cancellationToken)
    {
        ForeignRepository fetched;
        context.Output.Progress($"Fetching {name}");
        try
        {
            fetched = await context.WithinTimeoutAsync(token => server.ReadAsync(name, withFormerVersions: true, token), cancellationToken);
        }
        catch (TrustException e) when (e.Error != TrustError.Usage)
        {
            return ReportLine.Refused("repository", name.Value, e);
        }
        // The fetcher keeps what it has when the time is over; a user who gives up wants nothing.
        cancellationToken.ThrowIfCancellationRequested();
        var count = $"{fetched.Files.Length} files, {fetched.Files.Sum(file => (long)file.Data.Length)} bytes";
        foreach (var missing in fetched.Missing)
            context.Output.Detail($"{name}: {missing}");
        try
        {
            var (chain, _) = ForeignVerification.Verify(fetched, context.Roots.Find(name, null), server.Location, context.Now);
            archive.Add(fetched, null);
            var targets = chain.Targets.Sum(role => role.Metadata.Signed.TargetFiles.Count);
            var skipped = chain.Unverified.Count == 0 ? "" : $"; clients skip {string.Join(", ", chain.Unverified.Keys)}";
            return new ReportLine("repository", name.Value, Fate.Kept, $"{(chain.Roots.Length == 1 ? $"root {chain.Roots[0].Version}" : $"roots {chain.Roots[0].Version} to {chain.Roots[^1].Version}")}, {Count(targets, "target")} in {Count(chain.Targets.Length, "role")}, {count}{skipped}{(ForeignVerification.ExpiredIn(chain, context.Now) is { } expired ? $"; {expired}" : "")}");
        }
        catch (TrustException e) when (e.Error is not (TrustError.LocalFile or TrustError.AlreadyExists))
        {
            // What the server has cannot be fetched a second time once it is gone; import looks at it again.
            archive.Add(fetched, e.Message);
            return new ReportLine("repository", name.Value, Fate.Kept, $"{count}, saved although it does not verify: {e.Message}") { Error = e };
        }
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
