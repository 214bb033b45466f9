using TrustService.Errors;

namespace TrustService.Cli.Backups;

/// <summary>Collects the lines of shares, from files or as they are typed.</summary>
internal sealed class ShareCollection
{
    private readonly SortedDictionary<int, SortedDictionary<int, byte[]>> lines = [];

    /// <summary>The shares of which every line is here.</summary>
    public IReadOnlyList<KeyShare> Complete => [.. lines.Where(share => MissingLine(share.Value) is null).Select(share => KeyShare.Read([.. share.Value.Values.SelectMany(bytes => bytes)], share.Key))];

    /// <summary>True if the key can be restored with what is here.</summary>
    public bool IsEnough => Complete is [var first, ..] complete && complete.Count >= first.Threshold;

    /// <summary>Adds the lines of a text; empty ones and those that start with # are left out.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    public void AddText(string text)
    {
        foreach (var line in text.Split('\n'))
            Add(line);
    }

    /// <summary>Adds a line.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    public void Add(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.TrimStart().StartsWith('#'))
            return;
        var line = ShareLine.Parse(text);
        if (!lines.TryGetValue(line.Share, out var share))
            lines.Add(line.Share, share = []);
        if (!share.TryAdd(line.Line, line.Bytes) && !share[line.Line].AsSpan().SequenceEqual(line.Bytes))
            throw new TrustException(TrustError.InvalidBackup, $"Line {line.Line} of share {line.Share} is here twice, with different content.") { Hint = "Two different backups may be mixed." };
    }

    /// <summary>Every share, none of them broken off.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.InvalidBackup"/></exception>
    public IReadOnlyList<KeyShare> Finish()
    {
        foreach (var (number, share) in lines)
        {
            if (MissingLine(share) is { } missing)
                throw new TrustException(TrustError.InvalidBackup, $"Line {missing} of share {number} is missing.");
        }
        return Complete;
    }

    private static int? MissingLine(SortedDictionary<int, byte[]> share)
    {
        // The header is two lines long.
        var known = Enumerable.Range(1, 2).TakeWhile(share.ContainsKey).SelectMany(number => share[number]).ToArray();
        if (known.Length < KeyShare.HeaderBytes)
            return share.ContainsKey(1) ? 2 : 1;
        var count = (KeyShare.LengthOf(known) + ShareLine.FullBytes - 1) / ShareLine.FullBytes;
        return Enumerable.Range(1, count).Cast<int?>().FirstOrDefault(number => !share.ContainsKey(number!.Value));
    }
}
