using System.CommandLine;
using TrustService.Cli.Importing;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Settings;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer import notary</c>.</summary>
internal sealed class ImportNotaryCommand : SignerCommand
{
    private readonly Argument<string?> place = new("source") { HelpName = "URL|FILE", Description = "Address of the old server, or an archive of it", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Full name of a repository, registry host included (of an archive, all by default)", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> archive = new("--from-archive") { HelpName = "FILE", Description = "Read the archive FILE; every argument is a repository then" };
    private readonly Option<bool> isReadOnly = new("--read-only") { Description = "Do not take over, even if the root key is in the key store" };
    private readonly Option<bool> isDryRun = new("--dry-run") { Description = "Verify and show what would be kept, and change nothing" };
    private readonly Option<bool> converts = new("--convert") { Description = "Make a TUF repository with the same targets, signed by you, instead" };
    private readonly Option<string?> newName = new("--as") { HelpName = "REPOSITORY", Description = "Name of the TUF repository (default: the same)" };
    private readonly Option<string?> rootKey = new("--root-key") { HelpName = "KEY", Description = "With --convert: use this root key (default: a new one)" };
    private readonly Option<string?> targetsKey = new("--targets-key") { HelpName = "KEY", Description = "With --convert: use this targets key (default: a new one)" };
    private readonly Option<string> type = new("--type") { HelpName = string.Join('|', KeySchemes.Names), Description = "Kind of new keys (default p256)", DefaultValueFactory = _ => "p256" };
    private readonly Option<string> rootExpires = new("--root-expires") { HelpName = "TIME", Description = "How long the new root is valid (default 10y)", DefaultValueFactory = _ => "10y" };
    private readonly Option<string> expires = new("--expires") { HelpName = "TIME", Description = "With --convert: how long targets is valid (default 365d)", DefaultValueFactory = _ => "365d" };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask" };
    private readonly TrustFlags trust = new();
    private readonly NotaryFlags notary = new();

    /// <summary>Makes the command.</summary>
    public ImportNotaryCommand(CliHost host, GlobalOptions globals)
        : base("notary", "Move repositories from a Notary server, or an archive of one, to the trust server. Existing clients go on: with the old root key at hand this server takes over signing, else it serves what there is until it expires.", host, globals)
    {
        type.AcceptOnlyFromAmong(KeySchemes.Names);
        Arguments.Add(place);
        Arguments.Add(repositories);
        foreach (var option in (Option[])[archive, trust.Root, trust.Tofu, isReadOnly, isDryRun, converts, newName, rootKey, targetsKey, type, rootExpires, expires, yes, .. notary.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer import notary https://notary.docker.io docker.io/team/app",
        "signer import notary trust.tar",
        "signer import notary https://notary.example.com --all-from repositories.txt --tofu --dry-run",
        "signer import notary trust.tar registry.example.com/team/app --convert --as registry.example.com/team/app-2",
    ];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var source = Open(context, out var given);
        var file = notary.NamesFile(context.Parse);
        var names = source is ArchiveReader held && given.Count == 0 && file is null ? held.Names : RepositoryNames.Read(given, file);
        var request = ReadRequest(context);
        if (names.Count > 1 && (request.Root ?? request.NewName) is not null)
            throw new TrustException(TrustError.Usage, "--root and --as belong to one repository, but several are named.");
        var report = new MoveReport(context.Output, request.IsRehearsal);
        var move = new RepositoryMove(context, source, request, report);
        foreach (var name in names)
            await move.RunAsync(name, cancellationToken);
        return report.Finish(writer => writer.WriteString("source", source.Location));
    }

    private IForeignSource Open(CommandContext context, out IReadOnlyList<string> given)
    {
        var first = context.Parse.GetValue(place);
        given = context.Parse.GetValue(repositories) ?? [];
        if (context.Parse.GetValue(archive) is { } file)
        {
            given = first is null ? given : [first, .. given];
            return ArchiveReader.Open(file);
        }
        if (first is null)
            throw new TrustException(TrustError.Usage, "The old server is not named.") { Hint = "Name its address, or an archive of it: signer import notary URL|FILE REPOSITORY…" };
        if (first.Contains("://", StringComparison.Ordinal))
            return notary.Open(context.Host, context.Parse, context.Output, first);
        return File.Exists(first)
            ? ArchiveReader.Open(first)
            : throw new TrustException(TrustError.Usage, $"\"{first}\" is neither an archive that is there nor the address of a server.") { Hint = $"An address is like https://{first}" };
    }

    private MoveRequest ReadRequest(CommandContext context)
    {
        var parse = context.Parse;
        var isConversion = parse.GetValue(converts);
        if (!isConversion && (parse.GetValue(newName) ?? parse.GetValue(rootKey) ?? parse.GetValue(targetsKey)) is not null)
            throw new TrustException(TrustError.Usage, "--as, --root-key and --targets-key belong to --convert: otherwise a repository keeps its name and keys.");
        var rootLifetime = Durations.ParseLifetime(parse.GetRequiredValue(rootExpires), "--root-expires");
        return new MoveRequest
        {
            Root = parse.GetValue(trust.Root),
            TrustsOnFirstUse = parse.GetValue(trust.Tofu),
            IsRehearsal = parse.GetValue(isDryRun),
            StaysReadOnly = parse.GetValue(isReadOnly),
            RootLifetime = rootLifetime,
            NewName = parse.GetValue(newName) is { } text ? RepositoryName.Parse(text).Value : null,
            NewRepository = !isConversion ? null : new InitRequest(
                TufFormat.Instance,
                parse.GetValue(rootKey),
                parse.GetValue(targetsKey),
                KeySchemes.Parse(parse.GetRequiredValue(type)),
                rootLifetime,
                Durations.ParseLifetime(parse.GetRequiredValue(expires), "--expires"),
                parse.GetValue(yes)),
        };
    }
}
