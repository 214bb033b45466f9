namespace TrustService.Fuzz;

/// <summary>What was counted for one parser.</summary>
internal sealed class ParserTally
{
    public long Inputs { get; private set; }

    public long Read { get; private set; }

    public SortedDictionary<string, long> Refusals { get; } = new(StringComparer.Ordinal);

    public TimeSpan Slowest { get; private set; }

    public long MostAllocated { get; private set; }

    public void Add(FuzzResult result)
    {
        Inputs++;
        if (result.Code is { } code)
            Refusals[code] = Refusals.GetValueOrDefault(code) + 1;
        else if (result.Finding is null)
            Read++;
        Slowest = result.Time > Slowest ? result.Time : Slowest;
        MostAllocated = Math.Max(MostAllocated, result.Allocated);
    }

    public void Add(ParserTally other)
    {
        Inputs += other.Inputs;
        Read += other.Read;
        foreach (var (code, count) in other.Refusals)
            Refusals[code] = Refusals.GetValueOrDefault(code) + count;
        Slowest = other.Slowest > Slowest ? other.Slowest : Slowest;
        MostAllocated = Math.Max(MostAllocated, other.MostAllocated);
    }
}
