using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Cli.Commands;

/// <summary><c>signer verify</c>.</summary>
internal sealed class VerifyCommand : SignerCommand
{
    private readonly Argument<string[]> references = new("reference") { HelpName = "REFERENCE", Description = "REPOSITORY:TAG, REPOSITORY[:TAG]@sha256:DIGEST, or oci:DIR[:TAG] with --as", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> names = new("--as") { HelpName = "REFERENCE", Description = "Name of the image in an image layout; once for each oci:DIR", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> isOffline = new("--offline") { Description = "Open no connection: decide by what was fetched before and is still fresh" };
    private readonly Option<bool> noRegistry = new("--no-registry") { Description = "Do not compare with what the registry serves for the tag now" };
    private readonly Option<string?> maxAge = new("--max-age") { HelpName = "TIME", Description = "Refuse trust data whose timestamp is older, such as 24h" };
    private readonly Option<string> warn = new("--warn") { HelpName = "TIME", Description = "Warn of roles that expire sooner than this; the exit code stays (default 30d)", DefaultValueFactory = _ => "30d" };
    private readonly Option<string?> minValidity = new("--min-validity") { HelpName = "TIME", Description = "Refuse if root, targets or the signer's role expires sooner than this, such as 7d" };
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public VerifyCommand(CliHost host, GlobalOptions globals)
        : base("verify", "Verify images. Prints the one reference of each that is safe to pull.", host, globals)
    {
        Registry = new RegistryFlags();
        Arguments.Add(references);
        foreach (var option in (Option[])[.. trust.ForReading, names, isOffline, noRegistry, maxAge, warn, minValidity, .. Registry.All])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "signer verify registry.example.com/team/app:1.4.2 --root trust/root.json",
        "docker pull \"$(signer verify -q registry.example.com/team/app:1.4.2)\"",
        "signer verify registry.example.com/team/app:1.4.2 --metadata-url https://files.example.com/app/metadata/ --root root.json",
        "signer verify -o json registry.example.com/team/app@sha256:9995…4662 --max-age 24h",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => ImageArgument.NamesOf(parse.GetValue(references) ?? [], parse.GetValue(names) ?? []);

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var images = ImageArgument.ReadAll(context.Output, context.Parse.GetValue(references)!, context.Parse.GetValue(names) ?? []);
        if (context.Parse.GetValue(trust.MetadataUrl) is not null && images.Select(image => image.Reference.Repository).Distinct().Count() > 1)
            throw new TrustException(TrustError.Usage, "--metadata-url is the address of one repository, but images of several were given.") { Hint = "Verify the images of each repository by a command of its own." };
        using var registry = Registry!.Open(context.Host, context.Parse, images[0].Reference.Repository);
        var requests = images.Select(image => RequestOf(context, image, registry)).ToImmutableArray();
        var outcomes = new VerificationOutcome[images.Length];
        foreach (var repository in images.Select(image => image.Reference.Repository).Distinct())
            await VerifyAsync(context, repository, requests, outcomes, cancellationToken);
        return VerificationReport.Show(context.Output, outcomes);
    }

    private VerificationRequest RequestOf(CommandContext context, ImageArgument image, IImageSource registry) => new(image.Reference)
    {
        // An image layout is at hand: looking into it needs no connection, and it is what the caller wants to know about.
        Images = image.Layout is { } layout ? new ImageLayout(layout) : context.Parse.GetValue(isOffline) || context.Parse.GetValue(noRegistry) ? null : registry,
        MaxAge = context.Parse.GetValue(maxAge) is { } age ? Durations.Parse(age, "--max-age") : null,
        ExpiryWindow = Durations.Parse(context.Parse.GetRequiredValue(warn), "--warn"),
        MinValidity = context.Parse.GetValue(minValidity) is { } needed ? Durations.Parse(needed, "--min-validity") : null,
    };

    // One run, and one reference time, for all images of a repository.
    private async Task VerifyAsync(CommandContext context, RepositoryName repository, ImmutableArray<VerificationRequest> requests, VerificationOutcome[] outcomes, CancellationToken cancellationToken)
    {
        IReadOnlyList<(int Index, DecidedImage Image)> decided = [];
        try
        {
            context.Output.Progress($"Verifying {repository}");
            await context.WithinTimeoutAsync(
                async token =>
                {
                    // A registry may take its time; the cache, which other runs wait for, is free by then.
                    decided = await DecideAsync(context, repository, requests, token);
                    foreach (var (index, image) in decided)
                        outcomes[index] = await image.CompareAsync(token);
                    return true;
                },
                cancellationToken);
        }
        catch (TrustException e)
        {
            foreach (var (index, image) in decided)
                outcomes[index] ??= image.Unanswered(e);
            for (var index = 0; index < outcomes.Length; index++)
            {
                if (requests[index].Reference.Repository == repository)
                    outcomes[index] ??= new VerificationOutcome { Reference = requests[index].Reference, TargetPath = TargetNames.For(requests[index].Reference), Error = e };
            }
        }
    }

    private async Task<IReadOnlyList<(int Index, DecidedImage Image)>> DecideAsync(CommandContext context, RepositoryName repository, ImmutableArray<VerificationRequest> requests, CancellationToken cancellationToken)
    {
        using var opened = await context.OpenAsync(repository, trust, context.Parse.GetValue(isOffline), cancellationToken);
        var verifier = new ImageVerifier(opened, opened.OpenedAt, new TrustClientOptions());
        var decided = new List<(int, DecidedImage)>();
        foreach (var (index, request) in requests.Index().Where(entry => entry.Item.Reference.Repository == repository))
            decided.Add((index, await verifier.DecideAsync(request, cancellationToken)));
        return decided;
    }
}
