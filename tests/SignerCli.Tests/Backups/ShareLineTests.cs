using TrustService.Cli.Backups;
using TrustService.Errors;
using TrustService.Testing;

namespace TrustService.Cli.Tests.Backups;

public sealed class ShareLineTests
{
    private const string Known = "3.2  0410 61EC 3SK0 QJ0S SJEX 92ZE  ";

    [Fact]
    public void Parse_EveryLength_IsWhatWasWritten() => Property.ForAll(200, random =>
    {
        var bytes = new byte[random.Next(1, ShareLine.FullBytes + 1)];
        random.NextBytes(bytes);
        var line = new ShareLine(random.Next(1, 256), random.Next(1, 1000), bytes);

        var read = ShareLine.Parse(line.ToString());

        Assert.Equal((line.Share, line.Line), (read.Share, read.Line));
        Assert.Equal(bytes, read.Bytes);
    });

    [Theory]
    [InlineData("  3.2:")]
    [InlineData("3 . 2\t")]
    public void Parse_AsPeopleType_IsTheSameLine(string start)
    {
        var written = Line();
        var typed = start + written[4..].ToLowerInvariant().Replace("0", "o", StringComparison.Ordinal).Replace("1", "l", StringComparison.Ordinal).Replace(" ", " - ", StringComparison.Ordinal) + "\r";

        Assert.Equal(written, ShareLine.Parse(typed).ToString());
    }

    [Fact]
    public void Parse_AnyOneCharacterWrong_NamesShareAndLine()
    {
        var line = Line();
        for (var at = 5; at < line.Length; at++)
        {
            if (line[at] == ' ')
                continue;
            foreach (var other in "0123456789ABCDEFGHJKMNPQRSTVWXYZU".Where(character => character != line[at]))
            {
                var error = Assert.Throws<TrustException>(() => ShareLine.Parse($"{line[..at]}{other}{line[(at + 1)..]}"));
                Assert.Equal(TrustError.InvalidBackup, error.Error);
                Assert.Contains("Line 2 of share 3 is mistyped", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("3.1")]
    [InlineData("2.2")]
    public void Parse_NumberWrong_IsMistyped(string number) => Assert.Throws<TrustException>(() => ShareLine.Parse(number + Line()[3..]));

    [Fact]
    public void Parse_GroupsSwapped_IsMistyped() =>
        Assert.Throws<TrustException>(() => ShareLine.Parse(Line().Replace("0410 61EC", "61EC 0410", StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("3.2")]
    [InlineData("3.2  ")]
    [InlineData("3.2  ABCD")]
    [InlineData("3.2  ABCD EFG!")]
    [InlineData("9999.2  ABCD EFGH")]
    public void Parse_NoLine_IsRefused(string text) => Assert.Equal(TrustError.InvalidBackup, Assert.Throws<TrustException>(() => ShareLine.Parse(text)).Error);

    private static string Line() => new ShareLine(3, 2, Base32.TryRead(string.Concat(Known[5..].Where(char.IsLetterOrDigit)))!).ToString();
}
