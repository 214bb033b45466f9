using System.Reflection;

namespace TrustService.Shared.Tests.Conformance;

public sealed class CoverageTests
{
    [Fact]
    public void Cases_OfTheSuite_EachHaveATestHere()
    {
        var listed = TestData.Text("conformance-cases.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var tested = typeof(CoverageTests).Assembly.GetTypes().Where(type => type.Namespace == typeof(CoverageTests).Namespace)
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().Select(data => (string)data.GetData(method).Single()[0]));

        Assert.Equal(113, listed.Length);
        Assert.Equal(listed.Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }
}
