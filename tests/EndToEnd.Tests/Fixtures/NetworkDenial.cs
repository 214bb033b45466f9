using System.ComponentModel;
using System.Diagnostics;

namespace TrustService.EndToEnd.Tests.Fixtures;

/// <summary>Runs programs in a network namespace of their own: no address is reachable there, this machine's included. It takes the rights of root.</summary>
public static class NetworkDenial
{
    private static readonly Lazy<bool> Possible = new(Try);

    /// <summary>What makes the namespace and stands before the program that runs in it.</summary>
    public static IReadOnlyList<string> Command { get; } = ["unshare", "--net", "--"];

    /// <summary>True if this user may make such a namespace.</summary>
    public static bool IsPossible => Possible.Value;

    private static bool Try()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Command[0], [.. Command.Skip(1), "true"]) { RedirectStandardError = true });
            return process is not null && process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
