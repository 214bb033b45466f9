namespace TrustService.Cli.Output;

/// <summary>Columns of text for people.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [headings];

    /// <summary>Adds a row with one cell for each heading.</summary>
    public void Add(params string[] cells) => rows.Add(cells);

    /// <summary>The lines, headings first; the last column is not padded.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => column == headings.Length - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd());
    }
}
