using System.Collections.Immutable;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>How a command finds what anchors the trust in a repository, and with it the repository's format.</summary>
/// <param name="context">The run.</param>
/// <param name="flags">What the command line says of trust.</param>
internal sealed class RepositoryOpening(CommandContext context, TrustFlags flags)
{
    /// <summary>Opens a repository.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootNotPinned"/> if nothing anchors it.</exception>
    public async Task<RepositoryTrust> OpenAsync(RepositoryName repository, bool isOffline, CancellationToken cancellationToken)
    {
        var formats = FormatsOf();
        var anchor = Find(repository)
            ?? (!isOffline && context.Parse.GetValue(flags.Tofu) ? await PinOfferedAsync(repository, formats, cancellationToken) : throw PinnedRoots.NotPinned(repository));
        return await context.OpenAsync(repository, anchor, formats, isOffline ? null : format => SourceOf(format, repository), cancellationToken);
    }

    /// <summary>True if something anchors the trust in a repository.</summary>
    public bool IsPinned(RepositoryName repository) => Find(repository) is not null;

    private string? MetadataUrl => context.Parse.GetValue(flags.MetadataUrl);

    // The format follows from the root, so all are asked for unless one is named.
    private ImmutableArray<IMetadataFormat> FormatsOf() => (context.Parse.GetValue(flags.Format), MetadataUrl) switch
    {
        (null, null) => MetadataFormats.All,
        (null or "tuf", not null) => [MetadataFormats.Find("tuf")],
        (_, not null) => throw new TrustException(TrustError.Usage, "--metadata-url is for repositories of the format tuf; the other ones have no metadata that any host could serve."),
        ({ } name, null) => [MetadataFormats.Find(name)],
    };

    private IMetadataSource SourceOf(IMetadataFormat format, RepositoryName repository) =>
        MetadataUrl is { } url ? context.HostAt("--metadata-url", url).Metadata : context.Servers.For(format).Metadata(repository);

    private TrustAnchor? Find(RepositoryName repository)
    {
        if (context.Parse.GetValue(flags.TrustPinning) is not { } file)
            return context.Roots.Find(repository, context.Parse.GetValue(flags.Root));
        if (context.Parse.GetValue(flags.Root) is not null)
            throw new TrustException(TrustError.Usage, "--root and --trust-pinning both say what to trust; one of them is needed.");
        var pinning = TrustPinning.Load(file);
        return pinning.Find(repository)
            ?? (pinning.DisablesTofu && context.Parse.GetValue(flags.Tofu) ? throw new TrustException(TrustError.RootNotPinned, $"{file} pins nothing for {repository}, and it disables trust on first use.") : context.Roots.Find(repository, null));
    }

    private async Task<TrustAnchor> PinOfferedAsync(RepositoryName repository, ImmutableArray<IMetadataFormat> formats, CancellationToken cancellationToken)
    {
        var offered = await OfferedRoot.FindAsync(formats, format => SourceOf(format, repository), null, Accept, cancellationToken)
            ?? throw new TrustException(TrustError.RepositoryUnknown, $"There is no trust data for {repository} at {MetadataUrl ?? context.Servers.Address}.");
        context.Roots.Save(repository, offered.File!.Value.ToArray(), MetadataUrl ?? context.Servers.Address);
        context.Output.Warn($"Trusting the root of {repository} that {MetadataUrl ?? context.Servers.Address} offers now: {offered.Fingerprint}. Compare it with what the repository's owners say.");
        return offered;

        // Before it is kept: a root of another repository would be in the way of the right one for ever.
        RootPin Accept(IMetadataFormat format, byte[] file, string location)
        {
            var root = TrustedRoot.Pin(format, file, VerificationLimits.Default);
            root.RequireRepository(repository, context.Now);
            root.RequireFresh(context.Now);
            return RootPin.OfFile(format, file);
        }
    }
}
