using System.Text.Json;

namespace TrustService.Shared.Tests;

/// <summary>Data files that are part of the test program.</summary>
internal static class TestData
{
    public static JsonElement Json(string name)
    {
        using var stream = typeof(TestData).Assembly.GetManifestResourceStream(name) ?? throw new ArgumentException($"No such data: {name}.", nameof(name));
        return JsonDocument.Parse(stream).RootElement;
    }
}
