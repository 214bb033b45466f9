using TrustService.EndToEnd.Tests;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("TrustService.EndToEnd.Tests." + nameof(LongestFirst), "TrustService.EndToEnd.Tests")]

namespace TrustService.EndToEnd.Tests;

/// <summary>Starts the tests that kill servers first: they take minutes, and everything else fits beside them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName.Contains("KillTests", StringComparison.Ordinal) ? 0 : 1).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
