using System.Globalization;

namespace TrustService.Testing;

/// <summary>Runs a check on many random inputs; a failure names the seed that brings it back (TRUST_TEST_SEED).</summary>
public static class Property
{
    /// <summary>Calls <paramref name="check"/> with <paramref name="runs"/> random sources.</summary>
    public static void ForAll(int runs, Action<Random> check)
    {
        var given = Environment.GetEnvironmentVariable("TRUST_TEST_SEED");
        var first = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        for (var run = 0; run < (given is null ? runs : 1); run++)
        {
            var seed = unchecked(first + run);
            try
            {
                check(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Fails with TRUST_TEST_SEED={seed.ToString(CultureInfo.InvariantCulture)}: {e.Message}", e);
            }
        }
    }
}
