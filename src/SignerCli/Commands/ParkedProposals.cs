using TrustService.Ceremony;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Proposals that are parked on the trust server. Nothing that it says of them is believed: they are put together from the files and from the trusted root.</summary>
/// <param name="context">The run.</param>
internal sealed class ParkedProposals(CommandContext context)
{
    private TrustServerClient Server => context.Servers.Own;

    /// <summary>True if the server keeps what waits for signatures; one of another kind does not.</summary>
    public async Task<bool> AreKeptAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        try
        {
            _ = await Server.ListPendingAsync(repository, cancellationToken);
            return true;
        }
        catch (TrustException e) when (e.Error is TrustError.ServerRefused or TrustError.Unauthorized)
        {
            return false;
        }
    }

    /// <summary>The parked proposal of a repository's next root, or null.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="current">The trusted current root, or null if nothing is published.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="TrustException">A coded refusal of what is parked.</exception>
    public async Task<RootProposal?> FetchAsync(RepositoryName repository, TrustedRoot? current, CancellationToken cancellationToken)
    {
        if (await Server.ReadPendingAsync(repository, RoleName.Root, cancellationToken) is not { } file)
            return null;
        var format = current?.Format ?? MetadataFormats.Detect(file.Span, VerificationLimits.Default.MaxRootBytes);
        ReadOnlyMemory<byte>? targets = current is not null ? default(ReadOnlyMemory<byte>?) : await Server.ReadPendingAsync(repository, RoleName.Targets, cancellationToken)
            ?? throw new TrustException(TrustError.InvalidProposal, $"A first root of {repository} is parked without the first targets.") { Hint = "Whoever began the ceremony pushes it again: signer root push FILE" };
        return RootProposal.Of(
            format, repository, current?.Metadata, format.Read<Root>(file, VerificationLimits.Default.MaxRootBytes),
            targets is { } first ? format.Read<Targets>(first, VerificationLimits.Default.MaxRootBytes) : null);
    }

    /// <summary>Leaves a proposal for the other holders, or adds its signatures to those that are there.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="replaces">True to put it in the place of another one.</param>
    /// <param name="cancellationToken">Ends the request; doing it again is harmless.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.PublishConflict"/> if another proposal is parked.</exception>
    public async Task ParkAsync(RootProposal proposal, bool replaces, CancellationToken cancellationToken)
    {
        var parked = replaces ? await Server.ListPendingAsync(proposal.Repository, cancellationToken) : [];
        _ = await Server.ParkAsync(proposal.Repository, RoleName.Root, proposal.Proposed.File, ChangeOf(RoleName.Root), cancellationToken);
        if (proposal.Targets is { } targets)
            _ = await Server.ParkAsync(proposal.Repository, RoleName.Targets, targets.File, ChangeOf(RoleName.Targets), cancellationToken);

        string? ChangeOf(RoleName role) => parked.FirstOrDefault(change => change.Role == role)?.Change;
    }

    /// <summary>The trusted current root; null if nothing is published for the repository.</summary>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.RootNotPinned"/> if there is a root that nothing vouches for.</exception>
    public static async Task<TrustedTargets?> ReadCurrentAsync(CommandContext context, RepositoryName repository, TrustFlags trust, CancellationToken cancellationToken)
    {
        try
        {
            using var opened = await context.OpenAsync(repository, trust, isOffline: false, cancellationToken);
            return (await RepositoryReading.ReadAsync(opened, context.Now, cancellationToken)).Targets;
        }
        catch (TrustException e) when (e.Error is TrustError.RootNotPinned or TrustError.RepositoryUnknown)
        {
            if (await OfferedRoot.FindAsync(MetadataFormats.All, format => context.Servers.For(format).Metadata(repository), null, (_, file, _) => file, cancellationToken) is not null)
                throw;
            return null;
        }
    }
}
