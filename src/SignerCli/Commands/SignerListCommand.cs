using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TrustService.Cli.Output;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer signer list</c>.</summary>
internal sealed class SignerListCommand : SignerCommand
{
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Repositories, or all below a name: registry.example.com/team/*", Arity = ArgumentArity.OneOrMore };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public SignerListCommand(CliHost host, GlobalOptions globals)
        : base("list", "Show who may sign what, with which keys, until when, and who never did.", host, globals)
    {
        Aliases.Add("ls");
        Arguments.Add(repositories);
        foreach (var option in (Option[])[trust.Root, trust.TrustPinning, trust.Tofu, trust.Format])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer signer list registry.example.com/team/app", "signer signer list -o json 'registry.example.com/team/*'"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) ?? [];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var listings = new List<(RepositoryName Repository, IReadOnlyList<SignerLine> Signers, TrustException? Error)>();
        foreach (var repository in await RepositoryArguments.ExpandAsync(context, context.Parse.GetRequiredValue(repositories), cancellationToken))
        {
            try
            {
                listings.Add((repository, await context.WithinTimeoutAsync(token => ReadAsync(context, repository, token), cancellationToken), null));
            }
            catch (TrustException e)
            {
                listings.Add((repository, [], e));
            }
        }
        foreach (var (repository, signers, error) in listings)
            Show(context, repository, signers, error);
        context.Output.ResultJson(writer =>
        {
            writer.WriteStartArray();
            foreach (var (repository, signers, error) in listings)
                Write(writer, context.Now, repository, signers, error);
            writer.WriteEndArray();
        });
        return Outcomes.Worst(listings.Select(listing => listing.Error?.Info.Outcome ?? Outcome.Verified));
    }

    private async Task<IReadOnlyList<SignerLine>> ReadAsync(CommandContext context, RepositoryName repository, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Reading {repository}");
        using var opened = await context.OpenAsync(repository, trust, isOffline: false, cancellationToken);
        var reading = await RepositoryReading.ReadAsync(opened, context.Now, cancellationToken);
        if (reading.Expired is { } expired)
            context.Output.Warn(expired.Message);
        return await SignerLine.ReadAllAsync(opened, context.Now, cancellationToken);
    }

    private static void Show(CommandContext context, RepositoryName repository, IReadOnlyList<SignerLine> signers, TrustException? error)
    {
        context.Output.Result($"Repository   {repository}");
        if (error is not null)
            context.Output.Refuse(error);
        else if (signers.Count == 0)
            context.Output.Result("No signers: images are signed with the targets key.");
        else
            ShowTable(context, signers);
        context.Output.Result("");
    }

    private static void ShowTable(CommandContext context, IReadOnlyList<SignerLine> signers)
    {
        var table = new TextTable("SIGNER", "MAY SIGN", "NEEDS", "KEYS", "VERSION", "TAGS", "EXPIRES");
        foreach (var signer in signers)
        {
            table.Add(
                signer.Name,
                string.Join(", ", signer.Paths) + (signer.Delegation.Terminating ? " (nobody after)" : ""),
                signer.Needs,
                signer.Role.ShowKeys(),
                signer.Version?.ToString(CultureInfo.InvariantCulture) ?? "-",
                signer.Targets.ToString(CultureInfo.InvariantCulture),
                signer.State(context.Now));
        }
        foreach (var line in table.Lines())
            context.Output.Result(line);
    }

    private static void Write(Utf8JsonWriter writer, DateTimeOffset now, RepositoryName repository, IReadOnlyList<SignerLine> signers, TrustException? error)
    {
        writer.WriteStartObject();
        writer.WriteString("repository", repository.Value);
        var outcome = error?.Info.Outcome ?? Outcome.Verified;
        writer.WriteOutcome(error is null ? "listed" : Outcomes.Name(outcome), outcome);
        if (error is not null)
            writer.WriteError(error);
        writer.WriteStartArray("signers");
        foreach (var signer in signers)
            signer.Write(writer, now);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
