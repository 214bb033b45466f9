using System.Runtime.InteropServices;

namespace TrustService.Testing.Processes;

/// <summary>Sends signals to processes.</summary>
public static class UnixSignal
{
    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Interrupts a process; PostgreSQL then ends without waiting for its clients.</summary>
    public const int Interrupt = 2;

    /// <summary>Sends <paramref name="signal"/>; a process that is gone already is no failure.</summary>
    public static void Send(int processId, int signal) => _ = Kill(processId, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
