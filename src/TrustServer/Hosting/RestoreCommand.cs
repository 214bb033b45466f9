using TrustService.Errors;
using TrustService.Server.Data;
using TrustService.Server.Services;
using TrustService.Server.Stores;

namespace TrustService.Server.Hosting;

/// <summary><c>restore bump</c>: after a restored backup, raises versions above all that was published, and lets the servers sign again.</summary>
/// <param name="services">The server's parts; nothing of it runs.</param>
/// <param name="repositories">The repositories that are meant.</param>
/// <param name="output">Where results go.</param>
internal sealed class RestoreCommand(IServiceProvider services, Func<CancellationToken, IAsyncEnumerable<RepositoryRecord>> repositories, TextWriter output)
{
    private readonly ChangeHistory history = services.GetRequiredService<ChangeHistory>();
    private readonly RestoreGuard guard = services.GetRequiredService<RestoreGuard>();

    /// <summary>Does it.</summary>
    /// <param name="by">Versions to leave out, or null for what the high-water mark tells.</param>
    /// <param name="isOne">True if one repository alone is meant: then servers do not begin to sign by this.</param>
    /// <param name="cancellationToken">Ends the work; doing it again is harmless.</param>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public async Task<Outcome> RunAsync(long? by, bool isOne, CancellationToken cancellationToken)
    {
        var open = await FindAsync(by, isOne, cancellationToken);
        if (open is null && by is null)
        {
            await output.WriteLineAsync("Nothing is missing: the database has all that this server published. If the high-water mark was lost as well, say how many versions to leave out: --by VERSIONS");
            return Outcome.Verified;
        }
        if (open is null || isOne)
            return await RaiseAllAsync(open, by, cancellationToken) == 0 ? Outcome.Verified : Outcome.Failure;
        var left = 0;
        for (var next = open; next is not null; next = await history.FindOpenAsync(cancellationToken))
        {
            open = next;
            left += await RaiseAllAsync(open, by, cancellationToken);
            // A server that knows of more may have come meanwhile: then once more, and servers wait.
            await history.CloseAsync(open, cancellationToken);
        }
        await guard.AcceptAsync(open.Id, cancellationToken);
        await output.WriteLineAsync("The servers sign again. Owners whose targets or root were published after the backup publish them again from what their machines have: signer recover REPOSITORY");
        return left == 0 ? Outcome.Verified : Outcome.Failure;
    }

    // Looks first: no server may have run since the backup was restored. A number that is given opens what no mark tells.
    private async Task<RestoreRow?> FindAsync(long? by, bool isOne, CancellationToken cancellationToken)
    {
        try
        {
            await guard.CheckAsync(cancellationToken);
        }
        catch (TrustException e) when (e.Error == TrustError.DatabaseRestored)
        {
            return await history.FindOpenAsync(cancellationToken);
        }
        if (by is not { } versions || isOne)
            return null;
        var (position, _) = await history.ReadLastAsync(cancellationToken);
        await history.OpenAsync(position, position + versions, after: 0, cancellationToken);
        return await history.FindOpenAsync(cancellationToken);
    }

    private async Task<int> RaiseAllAsync(RestoreRow? open, long? by, CancellationToken cancellationToken)
    {
        var lost = Math.Max(by ?? 0, open is null ? 0 : open.LostUntil - open.KeptUntil);
        await output.WriteLineAsync(open is null
            ? $"{lost} versions are left out."
            : $"The database has the changes up to {open.KeptUntil}; changes up to {open.LostUntil} were published. {lost} versions of each repository are left out, which is no less than it can have lost.");
        // First, so that no reader of the feed takes a new change for one that is missing.
        if (open is not null)
            await history.RaisePositionsAsync(open.LostUntil, cancellationToken);
        var bump = services.GetRequiredService<RestoreBump>();
        var left = 0;
        await foreach (var repository in repositories(cancellationToken))
        {
            try
            {
                var raised = await bump.RaiseAsync(repository.Name, lost, cancellationToken);
                await output.WriteLineAsync($"{repository.Name}\tsnapshot {raised.Snapshot.Version}, timestamp {raised.Timestamp.Version}");
            }
            catch (TrustException e) when (e.Error != TrustError.StoreUnavailable)
            {
                left++;
                await history.OweAsync(repository.Name, lost, cancellationToken);
                await output.WriteLineAsync($"{repository.Name}\tnot possible now: {e.Message} Its next signature leaves {lost} versions out.");
            }
        }
        return left;
    }
}
