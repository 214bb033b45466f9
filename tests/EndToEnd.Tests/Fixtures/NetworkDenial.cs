using System.ComponentModel;
using System.Diagnostics;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Runs programs in a network namespace of their own: no address is reachable there, this machine's included. It takes the rights of root.</summary>
public static class NetworkDenial
{
    private static readonly Lazy<bool> Possible = new(Try);

    /// <summary>What makes the namespace.</summary>
    public const string Program = "unshare";

    /// <summary>What stands before the program that runs in it.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["--net", "--"];

    /// <summary>True if this user may make such a namespace.</summary>
    public static bool IsPossible => Possible.Value;

    private static bool Try()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, [.. Arguments, "true"]) { RedirectStandardError = true });
            return process is not null && process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
