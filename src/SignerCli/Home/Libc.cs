using System.Runtime.InteropServices;

namespace TrustService.Cli.Home;

/// <summary>The few calls of the C library that the base library does not offer. Never called on Windows.</summary>
internal static partial class Libc
{
    /// <summary>RLIMIT_CORE, the same number on Linux, macOS and the BSDs.</summary>
    public const int CoreFileSize = 4;

    /// <summary>PR_SET_DUMPABLE of Linux.</summary>
    public const int SetDumpable = 4;

    /// <summary>Opens a directory or device for reading.</summary>
    public const int ReadOnly = 0;

    /// <summary>F_GETFD: a descriptor's flags.</summary>
    public const int GetDescriptorFlags = 1;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int Fcntl(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    public static partial int TcGetAttr(int descriptor, Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    public static partial int TcSetAttr(int descriptor, int when, ReadOnlySpan<byte> attributes);

    [LibraryImport("libc", EntryPoint = "prctl")]
    public static partial int PrCtl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetRLimit(int resource, ReadOnlySpan<nuint> limits);
}
