using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TrustService.Cli.Home;

namespace TrustService.Cli.Terminals;

/// <summary>The terminal of this process: <c>/dev/tty</c>, so that questions work while input or output is a pipe.</summary>
internal sealed class ProcessTerminal : ITerminal
{
    /// <summary>Bytes of an answer at the most.</summary>
    private const int MaxAnswerBytes = 4096;

    private const string Device = "/dev/tty";
    private const int Now = 0;
    private const uint Echo = 0x8;

    // Larger than struct termios of any system.
    private const int AttributeBytes = 256;

    /// <inheritdoc/>
    public bool ShowsMessages => !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public bool ShowsResults => !Console.IsOutputRedirected;

    /// <inheritdoc/>
    /// <remarks>With both input and messages redirected nobody would see the question, even where a terminal exists.</remarks>
    public bool CanAsk => (!Console.IsInputRedirected || ShowsMessages) && (OperatingSystem.IsWindows() ? !Console.IsInputRedirected : CanOpen());

    /// <inheritdoc/>
    public string? ReadLine(string prompt)
    {
        var answer = Ask(prompt, isSecret: false);
        return answer is null ? null : Encoding.UTF8.GetString(answer);
    }

    /// <inheritdoc/>
    public byte[]? ReadSecret(string prompt) => Ask(prompt, isSecret: true);

    private static byte[]? Ask(string prompt, bool isSecret)
    {
        if (OperatingSystem.IsWindows())
            return AskConsole(prompt, isSecret);
        using var output = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var input = new FileStream(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        // Echo is off before the question shows: whoever answers at once is not shown either.
        using var silence = isSecret ? new Silence(input.SafeFileHandle.DangerousGetHandle().ToInt32()) : null;
        output.Write(Encoding.UTF8.GetBytes(prompt));
        var answer = ReadLine(input);
        if (isSecret)
            output.Write("\n"u8);
        return answer;
    }

    private static byte[]? ReadLine(FileStream input)
    {
        var buffer = new byte[MaxAnswerBytes];
        var length = 0;
        try
        {
            while (length < buffer.Length && input.Read(buffer, length, 1) == 1)
            {
                if (buffer[length] == '\n')
                    return buffer[..length];
                length++;
            }
            return length == 0 ? null : buffer[..length];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static byte[]? AskConsole(string prompt, bool isSecret)
    {
        Console.Error.Write(prompt);
        if (!isSecret)
            return Console.ReadLine() is { } line ? Encoding.UTF8.GetBytes(line) : null;
        var text = new List<char>();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace && text.Count > 0)
                text.RemoveAt(text.Count - 1);
            else if (!char.IsControl(key.KeyChar) && text.Count < MaxAnswerBytes)
                text.Add(key.KeyChar);
        }
        Console.Error.WriteLine();
        return Encoding.UTF8.GetBytes([.. text]);
    }

    private static bool CanOpen()
    {
        var descriptor = Libc.Open(Device, Libc.ReadOnly);
        if (descriptor < 0)
            return false;
        _ = Libc.Close(descriptor);
        return true;
    }

    /// <summary>Switches echo off, and on again however the question ends.</summary>
    private sealed class Silence : IDisposable
    {
        private readonly int descriptor;
        private readonly byte[] before = new byte[AttributeBytes];
        private readonly PosixSignalRegistration[] signals;

        public Silence(int descriptor)
        {
            this.descriptor = descriptor;
            _ = Libc.TcGetAttr(descriptor, before);
            var silent = (byte[])before.Clone();
            // c_lflag is the fourth field: of 32 bits on Linux, of 64 bits on macOS. ECHO is the same bit on both.
            var flags = MemoryMarshal.Cast<byte, uint>(silent.AsSpan(OperatingSystem.IsMacOS() ? 24 : 12, 4));
            flags[0] &= ~Echo;
            signals = [Watch(PosixSignal.SIGINT, 130), Watch(PosixSignal.SIGTERM, 143), Watch(PosixSignal.SIGHUP, 129)];
            _ = Libc.TcSetAttr(descriptor, Now, silent);
        }

        public void Dispose()
        {
            _ = Libc.TcSetAttr(descriptor, Now, before);
            foreach (var signal in signals)
                signal.Dispose();
        }

        // The read below cannot be cancelled: the process ends here, with the terminal as it was.
        private PosixSignalRegistration Watch(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
        {
            _ = Libc.TcSetAttr(descriptor, Now, before);
            Environment.Exit(exitCode);
        });
    }
}
