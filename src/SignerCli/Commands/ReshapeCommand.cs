using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer reshape</c>.</summary>
internal sealed class ReshapeCommand : SignerCommand
{
    private readonly Argument<string> repository = new("repository") { HelpName = "REPOSITORY", Description = "The repository, such as registry.example.com/team/app" };
    private readonly Option<int?> bins = new("--bins") { HelpName = "N", Description = "Spread its targets over N hash bins, a power of two; the same number again signs all of them anew" };
    private readonly Option<bool> isFlat = new("--flat") { Description = "Put its targets back into one file" };
    private readonly SigningFlags options = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public ReshapeCommand(CliHost host, GlobalOptions globals)
        : base("reshape", "Move what a repository has signed to another number of hash bins, in one publish. Tags keep their digests, and verifiers notice nothing.", host, globals)
    {
        Arguments.Add(repository);
        foreach (var option in (Option[])[bins, isFlat, options.Yes, .. options.Others, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer reshape registry.example.com/team/app --bins 1024", "signer reshape registry.example.com/team/app --flat"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ImageReference.Parse(context.Parse.GetRequiredValue(repository)) is { TagIsImplied: true } reference
            ? reference.Repository
            : throw new TrustException(TrustError.Usage, "A whole repository is reshaped, not one image.");
        var wanted = (context.Parse.GetValue(bins), context.Parse.GetValue(isFlat)) switch
        {
            (null or 0, true) => 0,
            ({ } count, false) => count,
            _ => throw new TrustException(TrustError.Usage, "--bins N or --flat is needed."),
        };
        var request = options.Read(context.Parse);
        context.Output.Progress($"Reading {name}");
        var (targets, files) = await WithAsync(context, name, (reshaping, token) => reshaping.ReadAsync(token), cancellationToken);
        RepositoryReshaping.RequireMovable(targets, wanted);
        using var keys = new SigningKeyring(context.Keyring, request.Keys);
        var role = SigningRole.Of(targets.Snapshot.Root, RoleName.Targets);
        var chosen = keys.Choose(role, isPartial: false);
        keys.RequireUseful([role]);
        context.Confirm($"Move {files.Count} targets of {name} from {Describe(targets.Bins?.Count ?? 0)} to {Describe(wanted)} with the targets key {string.Join(", ", chosen.Select(key => key.Name))}?", request.IsConfirmed);
        ImmutableArray<Keys.ISigningKey> signers = [.. chosen.Select(key => keys.Open(key, KeyPurpose.Targets))];
        context.Output.Progress($"Publishing {name}");
        var result = await WithAsync(context, name, (reshaping, token) => reshaping.ReshapeAsync(wanted, request.Lifetime, signers, token), cancellationToken);
        Show(context.Output, name, result);
        return Outcome.Verified;
    }

    private static void Show(CommandOutput output, RepositoryName name, ReshapingResult result)
    {
        output.Say($"Moved  {result.Targets} targets from {Describe(result.FormerBins)} to {Describe(result.Bins)}  (targets {result.Version}, until {CommandOutput.Date(result.Expires)}). All were read back.");
        if (result.Bins > 0 && result.Bins < HashBins.RecommendedFor(result.Targets) / 2)
            output.Notice($"{HashBins.RecommendedFor(result.Targets)} bins would be better for so many.");
        output.Result(name.Value);
        output.ResultJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteOutcome("reshaped", Outcome.Verified);
            writer.WriteString("repository", name.Value);
            writer.WriteNumber("targets", result.Targets);
            writer.WriteNumber("formerBins", result.FormerBins);
            writer.WriteNumber("bins", result.Bins);
            writer.WriteNumber("version", result.Version);
            writer.WriteTime("expires", result.Expires);
            writer.WriteNumber("bytes", result.Bytes);
            writer.WriteEndObject();
        });
    }

    private static string Describe(long bins) => bins == 0 ? "one file" : $"{bins} bins";

    // The cache is open only while servers work: another command must not wait for a person to type.
    private Task<T> WithAsync<T>(CommandContext context, RepositoryName name, Func<RepositoryReshaping, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        context.WithinTimeoutAsync(
            async token =>
            {
                using var opened = await context.OpenAsync(name, trust, isOffline: false, token);
                return await work(new RepositoryReshaping(opened, context.Servers.For(opened.Format), context.Host.Time), token);
            },
            cancellationToken);
}
