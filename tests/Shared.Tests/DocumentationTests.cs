using System.Text.RegularExpressions;

namespace TrustService.Shared.Tests;

/// <summary>What <c>docs/tuf.md</c> says is shown by a test is shown by one that exists.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Rows = [.. File.ReadAllLines(Path.Combine(TestSources.Root, "docs", "tuf.md")).Where(line => Row().IsMatch(line))];

    public static TheoryData<string> EveryRow => [.. Rows];

    [Theory]
    [MemberData(nameof(EveryRow))]
    public void Checklist_EveryRow_NamesATestThatExistsOrSaysWhyItDoesNotApply(string row)
    {
        var tests = TestName().Matches(row).Select(match => match.Groups["name"].Value).ToList();

        Assert.True(tests.Count > 0 || row.Contains("does not apply: ", StringComparison.Ordinal), $"Neither a test nor a reason: {row}");
        Assert.Empty(tests.Except(TestSources.Methods));
    }

    [Fact]
    public void Checklist_Rows_AreThereForEverySectionAndNamedOnce()
    {
        var names = Rows.Select(row => Row().Match(row).Groups["name"].Value).ToList();

        Assert.Empty(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
        foreach (var section in (string[])["R 2.1", "R 3", "R 4.1", "C 4.3", "C 5.1", "C 5.2", "C 5.3.4", "C 5.3.11", "C 5.4.3", "C 5.5.5", "C 5.6.7", "C 5.7.3", "R 6.1", "R 6.2.1", "R 6.3.1", "TAP 12", "TAP 15"])
            Assert.Contains(names, name => name.StartsWith(section, StringComparison.Ordinal));
    }

    // A row of the checklist begins with who it is for (repository, client) and the section, or with the TAP.
    [GeneratedRegex(@"\A\| (?<name>((R|C|R,C) [2-6][0-9.]*[a-z]?|TAP [0-9]+ (R|C))) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>[A-Z]\w+\.[A-Z]\w+_\w+)`")]
    private static partial Regex TestName();
}
