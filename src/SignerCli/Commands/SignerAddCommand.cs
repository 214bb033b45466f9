using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary><c>signer signer add</c>.</summary>
internal sealed class SignerAddCommand : SignerCommand
{
    private readonly Argument<string> name = new("name") { HelpName = "NAME", Description = "Name of the signer: a person, a team or a CI system" };
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Repositories, or all below a name: registry.example.com/team/*", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "FILE", Description = "Public key (PEM) of the signer, or a key of this machine; again for each further one", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> threshold = new("--threshold") { HelpName = "N", Description = "How many of the signer's keys must sign (default 1)" };
    private readonly Option<string[]> paths = new("--paths") { HelpName = "PATTERN", Description = "Tags that may be signed, such as 1.* (default: all); again for each further one", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> isTerminating = new("--terminating") { Description = "Nobody further down the list may sign what the patterns match" };
    private readonly OwnerFlags options = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public SignerAddCommand(CliHost host, GlobalOptions globals)
        : base("add", "Let somebody sign images with a key of their own, or change what they may sign. The targets key signs this.", host, globals)
    {
        Arguments.Add(name);
        Arguments.Add(repositories);
        foreach (var option in (Option[])[keys, threshold, paths, isTerminating, .. options.All, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer signer add ci --key ci.pub registry.example.com/team/app",
        "signer signer add release --key ann.pub --key bob.pub --threshold 2 --paths '1.*' registry.example.com/team/app",
        "signer signer add -y ci --key ci.pub 'registry.example.com/team/*'",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) ?? [];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var signer = context.Parse.GetRequiredValue(name);
        var given = context.Parse.GetValue(keys) ?? [];
        var read = context.PublicKeys.ReadAll(given);
        var grant = new SignerGrant(signer, [.. read.Select((key, at) => (key, given.Length == 1 ? signer : HolderOf(given[at])))])
        {
            Threshold = context.Parse.GetValue(threshold) switch
            {
                < 1 => throw new TrustException(TrustError.Usage, "--threshold needs 1 or more."),
                var number => number,
            },
            Paths = context.Parse.GetValue(paths) is { Length: > 0 } patterns ? [.. patterns] : null,
            IsTerminating = context.Parse.GetValue(isTerminating),
        };
        var what = string.Join(", ", read.Select(key => key.Id.Short));
        var question = read.Count == 0 ? $"Change what {signer} may sign" : $"Let {signer} ({what}) sign {string.Join(", ", grant.Paths ?? ["every tag"])}";
        return new DelegationEditing(context, trust, options.Read(context.Parse))
            .RunAsync(context.Parse.GetRequiredValue(repositories), signer, question, (current, keyring) => DelegationPlan.Add(current, keyring, grant), cancellationToken);
    }

    // The file is called after its holder more often than not.
    private static string HolderOf(string reference) =>
        Path.GetFileNameWithoutExtension(reference) is { } file && KeyNames.IsName(file) ? file : "unnamed";
}
