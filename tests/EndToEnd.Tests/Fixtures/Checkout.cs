namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Finds the programs under test and the files of the checkout.</summary>
public static class Checkout
{
    /// <summary>The server as built for these tests.</summary>
    public static string TrustServer => Built("TrustServer.dll");

    /// <summary>
    /// The signer, as the program to start and its first arguments: the native one of <c>TRUST_TEST_SIGNER</c>, which is what users get,
    /// or else the one that was built beside these tests, on the .NET runtime.
    /// </summary>
    public static IReadOnlyList<string> Signer { get; } =
        Environment.GetEnvironmentVariable("TRUST_TEST_SIGNER") is { Length: > 0 } native ? [native] : ["dotnet", Built("signer.dll")];

    /// <summary>The client of the TUF conformance suite as built for these tests.</summary>
    public static string ConformanceClient => Built("tuf-conformance-client.dll");

    /// <summary>Path of a file of the checkout, by its parts.</summary>
    public static string File(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Root { get; } = FindRoot();

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "TrustService.sln")))
                return directory.FullName;
        }
        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside a checkout.");
    }
}
