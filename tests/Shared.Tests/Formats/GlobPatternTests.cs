using System.Diagnostics;
using TrustService.Formats.Tuf;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Formats;

public sealed class GlobPatternTests
{
    public static TheoryData<string, string, bool> Matrix()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var line in TestData.Json("path-pattern-matrix.json").EnumerateArray())
            data.Add(line.GetProperty("pattern").GetString()!, line.GetProperty("target").GetString()!, line.GetProperty("python_tuf").GetBoolean());
        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    [InlineData("[]a]", "]", true)]
    [InlineData("[!]a]", "]", false)]
    [InlineData("[!]a]", "b", true)]
    [InlineData("[z-a]", "b", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("[]", "[]", true)]
    [InlineData("[!]", "[!]", true)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyy", false)]
    [InlineData("[[]*", "[x", true)]
    public void Matches_KnownCase_IsAsInPython(string pattern, string target, bool expected) =>
        Assert.Equal(expected, GlobPattern.Matches(pattern, target));

    [Theory]
    [InlineData("*a", 20_000, "a")]
    [InlineData("*?", 20_000, "?")]
    [InlineData("*[", 200_000, "[")]
    [InlineData("*[!a]", 20_000, "[!b]")]
    public void Matches_HostilePattern_TakesTimeThatGrowsWithItsLengthOnly(string piece, int times, string end)
    {
        var pattern = string.Concat(Enumerable.Repeat(piece, times)) + end + "x";
        var watch = Stopwatch.StartNew();

        Assert.False(GlobPattern.Matches(pattern, new string('[', 512) + new string('a', 511)));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void Matches_PathAsPattern_MatchesItself() => Property.ForAll(500, random =>
    {
        var path = new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => "abc/._-:@+"[random.Next(10)])]);

        Assert.True(GlobPattern.Matches(path, path));
        Assert.True(GlobPattern.Matches(string.Concat(path.Select(c => c == '/' ? '/' : '?')), path));
        Assert.Equal(!path.Contains('/', StringComparison.Ordinal), GlobPattern.Matches("*", path));
    });
}
