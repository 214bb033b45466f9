using System.Collections.Immutable;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>The way from what is pinned to an image. It decides nothing.</summary>
internal sealed record ExplainedWay
{
    /// <summary>What anchors the trust, and the repository's format; null if nothing does.</summary>
    public string? Pin { get; init; }

    /// <summary>Root, timestamp, snapshot and targets, as far as they are accepted; expired ones as well.</summary>
    public ImmutableArray<ExplainedFile> Chain { get; init; } = [];

    /// <summary>The roles that were searched and those that were passed by.</summary>
    public ImmutableArray<SearchStep> Search { get; init; } = [];

    /// <summary>What ends the chain, or null if all of it is accepted.</summary>
    public TrustException? Stop { get; init; }

    /// <summary>Reads the way to an image, within a time of its own.</summary>
    public static async Task<ExplainedWay> ReadAsync(CommandContext context, RepositoryTrust trust, string targetPath, CancellationToken cancellationToken)
    {
        var way = new ExplainedWay { Pin = $"{trust.Anchor.Text}, format {trust.Format.Name}" };
        try
        {
            return await context.WithinTimeoutAsync(ReadOnAsync, cancellationToken);
        }
        catch (TrustException e)
        {
            return way with { Stop = e };
        }

        async Task<ExplainedWay> ReadOnAsync(CancellationToken token)
        {
            var now = context.Now;
            var client = trust.StartRun(now, new TrustClientOptions { ChecksExpiry = false, ClockTolerance = null });
            var top = await client.RefreshAsync(token);
            var (snapshot, timestamp, root) = (top.Snapshot, top.Snapshot.Timestamp, top.Snapshot.Root);
            var names = root.Metadata.Signed.KeyNames;
            way = way with
            {
                Chain =
                [
                    ExplainedFile.Of(RoleName.Root, root.Metadata.Signed, root.Signers, names, now), ExplainedFile.Of(RoleName.Timestamp, timestamp.Metadata.Signed, timestamp.Signers, names, now),
                    ExplainedFile.Of(RoleName.Snapshot, snapshot.Metadata.Signed, snapshot.Signers, names, now), ExplainedFile.Of(RoleName.Targets, top.Metadata.Signed, top.Signers, names, now),
                ],
            };
            return way with { Search = await new ImageSearch(client, top, targetPath, now).ReadAsync(token) };
        }
    }
}
