using System.Text.Json;

namespace TrustService.Shared.Tests;

/// <summary>Data files that are part of the test program.</summary>
internal static class TestData
{
    public static JsonElement Json(string name)
    {
        using var stream = Open(name);
        return JsonDocument.Parse(stream).RootElement;
    }

    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(TestData).Assembly.GetManifestResourceStream(name) ?? throw new ArgumentException($"No such data: {name}.", nameof(name));
}
