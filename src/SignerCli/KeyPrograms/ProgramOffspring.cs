using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TrustService.Json;

namespace TrustService.Cli.KeyPrograms;

/// <summary>
/// A program with everything that it starts. They inherit a mark in their environment, by which Linux tells them from others: also
/// those whose parent has gone, and those with a session of their own. Elsewhere it is those that have a parent.
/// </summary>
/// <remarks>A process group would do for that, but its members cannot ask their user anything on the terminal.</remarks>
internal sealed class ProgramOffspring
{
    private const string MarkVariable = "SIGNER_PROGRAM_CALL";
    private const int MaxEnvironmentBytes = 4 * 1024 * 1024;
    private const int MaxRounds = 20;

    private readonly string mark = Hex.Encode(RandomNumberGenerator.GetBytes(16));

    /// <summary>Marks a program that is about to be started.</summary>
    public void Mark(ProcessStartInfo start) => start.Environment[MarkVariable] = mark;

    /// <summary>Kills the program and what it has started. What another user has become of it stays.</summary>
    public void Kill(Process program)
    {
        TryKill(program);
        // What is about to be killed may start something meanwhile.
        for (var round = 0; OperatingSystem.IsLinux() && round < MaxRounds && KillMarked(); round++)
        {
        }
    }

    private bool KillMarked()
    {
        var isAny = false;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && IsMarked(directory))
                isAny |= TryKill(id);
        }
        return isAny;
    }

    private bool IsMarked(string directory)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(directory, "environ"));
            var environment = new byte[8 * 1024];
            var length = 0;
            while (file.Read(environment, length, environment.Length - length) is var read and > 0)
            {
                length += read;
                if (length == environment.Length && length < MaxEnvironmentBytes)
                    Array.Resize(ref environment, length * 2);
            }
            return environment.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes($"{MarkVariable}={mark}")) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to another user.
            return false;
        }
    }

    private static bool TryKill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return TryKill(process);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool TryKill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            return false;
        }
    }
}
