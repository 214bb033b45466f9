using Microsoft.Extensions.Options;
using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Options;
using TrustService.Server.Stores;

namespace TrustService.Server.Services;

/// <summary>
/// Sees to it that nothing is signed below what was published: holds the database against the high-water mark in the data directory. Whichever
/// server finds that changes are missing says so in the database, and none signs until an operator has raised the versions.
/// </summary>
internal sealed class RestoreGuard(ChangeHistory history, TrustDatabase database, IOptions<DatabaseOptions> options)
{
    private readonly string directory = options.Value.DataDirectory;
    private volatile TrustException? refusal;

    /// <summary>True if the database lacks what was published.</summary>
    public bool IsRestored => refusal is not null;

    /// <summary>Refuses to sign while the database lacks what was published.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.DatabaseRestored"/></exception>
    public void Require()
    {
        if (refusal is { } known)
            throw new TrustException(known.Error, known.Message) { Hint = known.Hint };
    }

    /// <summary>Looks once: keeps the mark up to date, or finds that the database went back.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.DatabaseRestored"/>, <see cref="TrustError.LocalFile"/> or <see cref="TrustError.StoreUnavailable"/>.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckMarkAsync(cancellationToken);
            refusal = null;
        }
        catch (TrustException e) when (e.Error == TrustError.DatabaseRestored)
        {
            refusal = e;
            throw;
        }
    }

    /// <summary>Begins the mark anew at what the database has now, after versions were raised.</summary>
    public async Task AcceptAsync(long restore, CancellationToken cancellationToken)
    {
        var (position, digest) = await history.ReadLastAsync(cancellationToken);
        (position == 0 ? HighWaterMark.None with { Restore = restore } : new HighWaterMark(restore, [(position, digest)])).Write(directory);
        database.Committed.Reset(position);
    }

    private async Task CheckMarkAsync(CancellationToken cancellationToken)
    {
        var mark = HighWaterMark.Read(directory);
        var committed = database.Committed.Highest;
        var last = await history.ReadLastAsync(cancellationToken);
        var isWhole = committed <= last.Position && (mark.Highest == 0 || await history.FindDigestAsync(mark.Highest, cancellationToken) == mark.Checkpoints[^1].Digest);
        var highest = Math.Max(mark.Highest, committed);
        if (!isWhole && await history.FindCoveringAsync(highest, mark.Restore, cancellationToken) is { } dealtWith)
        {
            await AcceptAsync(dealtWith.Id, cancellationToken);
            isWhole = true;
        }
        var open = await history.FindOpenAsync(cancellationToken);
        if (!isWhole)
        {
            // Another server may have found it first and know of less.
            var kept = Math.Min(last.Position, await KeptUntilAsync(mark, cancellationToken));
            if (open is null || open.Id <= mark.Restore || open.KeptUntil > kept || open.LostUntil < highest)
                await history.OpenAsync(kept, highest, mark.Restore, cancellationToken);
            throw Refusal(Math.Min(kept, open?.KeptUntil ?? kept), Math.Max(highest, open?.LostUntil ?? highest));
        }
        if (open is not null)
            throw Refusal(open.KeptUntil, open.LostUntil);
        if (last.Position > mark.Highest)
            mark.With(last.Position, last.Digest).Write(directory);
    }

    private async Task<long> KeptUntilAsync(HighWaterMark mark, CancellationToken cancellationToken)
    {
        foreach (var (position, digest) in mark.Checkpoints.Reverse())
        {
            if (await history.FindDigestAsync(position, cancellationToken) == digest)
                return position;
        }
        return 0;
    }

    private static TrustException Refusal(long kept, long lost) =>
        new(TrustError.DatabaseRestored, $"The database is older than what was published: changes up to {lost} were published, and it has those up to {kept}. Nothing is signed, so that no client sees a version twice.")
        {
            Hint = $"If a backup was restored, run: TrustServer restore bump (docs/recovery.md). If the database is meant to be empty, remove {HighWaterMark.FileName} from the data directory of every server.",
        };
}
