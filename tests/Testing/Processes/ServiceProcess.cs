using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrustService.Testing.Processes;

/// <summary>A server that runs as a process of its own while a test needs it; disposing it ends it.</summary>
public sealed class ServiceProcess : IDisposable
{
    private const int MaxLines = 10_000;
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly SemaphoreSlim written = new(0);

    private ServiceProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>True once it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The code that it ended with.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>What it wrote to stdout and stderr so far.</summary>
    public string Output => string.Join('\n', lines);

    /// <summary>Starts <paramref name="program"/>.</summary>
    public static ServiceProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        var service = new ServiceProcess(new Process { StartInfo = start });
        service.process.Start();
        service.process.StandardInput.Close();
        service.process.BeginOutputReadLine();
        service.process.BeginErrorReadLine();
        return service;
    }

    /// <summary>Waits until <paramref name="isReady"/> is true; fails if the process ends first or time runs out.</summary>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        while (!await isReady())
        {
            if (process.HasExited)
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}:\n{Output}");
            if (watch.Elapsed > patience)
                throw new TimeoutException($"{process.StartInfo.FileName} was not ready after {patience}:\n{Output}");
            await written.WaitAsync(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Waits for a line that holds <paramref name="text"/> and returns it.</summary>
    public async Task<string> WaitForLineAsync(string text, TimeSpan patience)
    {
        string? found = null;
        await WaitUntilAsync(() => Task.FromResult((found = lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal))) is not null), patience);
        return found!;
    }

    /// <summary>Sends a signal of <see cref="UnixSignal"/>.</summary>
    public void Signal(int signal) => UnixSignal.Send(process.Id, signal);

    /// <summary>Ends the process at once, as <c>kill -9</c> does, and waits for its end.</summary>
    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Asks the process to end and returns its exit code; kills it if it does not within <paramref name="patience"/>.</summary>
    public int Stop(TimeSpan patience)
    {
        if (!process.HasExited)
            Signal(UnixSignal.Terminate);
        if (!process.WaitForExit(patience))
            Kill();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop(TimeSpan.FromSeconds(10));
        process.Dispose();
        written.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null || lines.Count >= MaxLines)
            return;
        lines.Enqueue(line);
        try
        {
            written.Release();
        }
        catch (ObjectDisposedException)
        {
            // The last lines of a service that is being disposed wake nobody.
        }
    }
}
