namespace TrustService.Server.Data;

/// <summary>The highest position of the change feed that this process has committed: no later commit may have a lower one.</summary>
internal sealed class CommittedChange
{
    private long highest;

    /// <summary>The position; 0 if nothing was committed yet.</summary>
    public long Highest => Interlocked.Read(ref highest);

    /// <summary>Notes a commit.</summary>
    public void Raise(long position)
    {
        for (var known = Highest; known < position; known = Highest)
        {
            if (Interlocked.CompareExchange(ref highest, position, known) == known)
                return;
        }
    }

    /// <summary>Begins again at a position, after an older database was accepted.</summary>
    public void Reset(long position) => Interlocked.Exchange(ref highest, position);
}
