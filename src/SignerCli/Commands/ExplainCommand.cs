using System.CommandLine;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer explain</c>.</summary>
internal sealed class ExplainCommand : SignerCommand
{
    private readonly Argument<string> reference = new("reference") { HelpName = "REFERENCE", Description = "REPOSITORY:TAG or REPOSITORY[:TAG]@sha256:DIGEST" };
    private readonly Option<bool> isOffline = new("--offline") { Description = "Open no connection: explain by what was fetched before" };
    private readonly Option<bool> noRegistry = new("--no-registry") { Description = "Do not compare with what the registry serves for the tag now" };
    private readonly Option<string?> maxAge = new("--max-age") { HelpName = "TIME", Description = "Refuse trust data whose timestamp is older, such as 24h" };
    private readonly Option<string?> minValidity = new("--min-validity") { HelpName = "TIME", Description = "Refuse if root, targets or the signer's role expires sooner than this, such as 7d" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public ExplainCommand(CliHost host, GlobalOptions globals)
        : base("explain", "Show why an image is accepted or refused: the pin, each file with its signers by name, the roles that were asked and what each said. Ends as verify does.", host, globals)
    {
        Registry = new RegistryFlags();
        Arguments.Add(reference);
        foreach (var option in (Option[])[.. trust.ForReading, isOffline, noRegistry, maxAge, minValidity, .. Registry.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer explain registry.example.com/team/app:1.4.2", "signer explain -o json registry.example.com/team/app:1.4.2 --no-registry"];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var image = ImageArgument.ReadReference(context.Output, context.Parse.GetRequiredValue(reference));
        using var registry = Registry!.Open(context.Host, context.Parse, image.Repository);
        var request = new VerificationRequest(image)
        {
            Images = context.Parse.GetValue(isOffline) || context.Parse.GetValue(noRegistry) ? null : registry,
            MaxAge = context.Parse.GetValue(maxAge) is { } age ? Durations.Parse(age, "--max-age") : null,
            MinValidity = context.Parse.GetValue(minValidity) is { } needed ? Durations.Parse(needed, "--min-validity") : null,
        };
        var explanation = await ExplainAsync(context, request, cancellationToken);
        explanation.Show(context.Output);
        context.Output.ResultJson(explanation.Write);
        return explanation.Outcome.Outcome;
    }

    private async Task<ImageExplanation> ExplainAsync(CommandContext context, VerificationRequest request, CancellationToken cancellationToken)
    {
        context.Output.Progress($"Verifying {request.Reference}");
        var way = new ExplainedWay();
        try
        {
            DecidedImage decided;
            using (var opened = await context.WithinTimeoutAsync(token => context.OpenAsync(request.Reference.Repository, trust, context.Parse.GetValue(isOffline), token), cancellationToken))
            {
                decided = await context.WithinTimeoutAsync(token => new ImageVerifier(opened, context.Now, new TrustClientOptions()).DecideAsync(request, token), cancellationToken);
                way = await ExplainedWay.ReadAsync(context, opened, decided.TargetPath, cancellationToken);
            }
            // A registry may take its time; the cache, which other runs wait for, is free by then.
            return new ImageExplanation(await context.WithinTimeoutAsync(decided.CompareAsync, cancellationToken), way);
        }
        catch (TrustException e)
        {
            return new ImageExplanation(new VerificationOutcome { Reference = request.Reference, TargetPath = TargetNames.For(request.Reference), Error = e }, way);
        }
    }
}
