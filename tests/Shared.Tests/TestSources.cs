using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TrustService.Shared.Tests;

/// <summary>The sources of all tests, for tests that look at what there is.</summary>
internal static partial class TestSources
{
    private static readonly Lazy<HashSet<string>> AllMethods = new(FindMethods);

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Each test method as <c>Class.Method</c>.</summary>
    public static IReadOnlySet<string> Methods => AllMethods.Value;

    private static HashSet<string> FindMethods()
    {
        var methods = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal))
                continue;
            var name = Path.GetFileNameWithoutExtension(file);
            foreach (Match method in TestMethod().Matches(File.ReadAllText(file)))
                methods.Add($"{name}.{method.Groups["name"].Value}");
        }
        return methods;
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var directory = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(directory.FullName, "TrustService.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests are not run from a checkout.");
        return directory.FullName;
    }

    // An attribute, then the method; a test is public.
    [GeneratedRegex(@"\[(Fact|Theory)[^\]]*\](\s*\[[^\n]*\]\s*\n)*\s*public (async )?(void|Task) (?<name>\w+)\(")]
    private static partial Regex TestMethod();
}
