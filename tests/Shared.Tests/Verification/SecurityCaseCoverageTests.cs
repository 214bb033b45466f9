using System.Globalization;

namespace TrustService.Shared.Tests.Verification;

/// <summary>The hostile cases about thresholds and keys (1–12), versions and time (13–26), names, parsing and size (27–38) have a test each.</summary>
public sealed class SecurityCaseCoverageTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, 38)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Cases_OfEveryNumber_HaveATest(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Case{number:00}_");

        Assert.Contains(TestSources.Methods, method => method.Contains(name, StringComparison.Ordinal));
    }
}
