using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using TrustService.Errors;

namespace TrustService.Cli.KeyPrograms;

/// <summary>Runs a program once: no shell, no arguments; bounded in time and in what it may say. When its time is over, it ends with all that it has started.</summary>
/// <param name="program">Its absolute path.</param>
/// <param name="timeout">How long it may take.</param>
/// <param name="say">Told, line by line, what it says on standard error.</param>
internal sealed class ProgramCall(string program, TimeSpan timeout, Action<string> say)
{
    private const int MaxMessageBytes = 8 * 1024;
    private const int MaxMessageLines = 20;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Hands over a request and returns the answer.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyUnavailable"/></exception>
    public byte[] Run(ReadOnlyMemory<byte> request)
    {
        var offspring = new ProgramOffspring();
        using var process = Start(offspring);
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            // Signing is not asynchronous: tokens and keys in memory are none either, and there is nothing else to do meanwhile.
            return RunAsync(process, request, deadline.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e)
        {
            offspring.Kill(process);
            throw new TrustException(TrustError.KeyUnavailable, $"{program} did not answer within {timeout.TotalSeconds:0} s.", e) { Hint = "If it waits for a person, allow more with --timeout." };
        }
        finally
        {
            if (!process.HasExited)
                offspring.Kill(process);
        }
    }

    private Process Start(ProgramOffspring offspring)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        offspring.Mark(start);
        // What opens other keys is none of its business.
        foreach (var (name, _) in start.Environment.Where(IsSecret).ToList())
            start.Environment.Remove(name);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new TrustException(TrustError.KeyUnavailable, $"{program} cannot be started: {e.Message}", e);
        }
    }

    private async Task<byte[]> RunAsync(Process process, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var talking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = ReadAsync(process.StandardOutput.BaseStream, ProgramMessages.MaxAnswerBytes, talking.Token);
        var messages = ReadAsync(process.StandardError.BaseStream, MaxMessageBytes, talking.Token);
        var asking = WriteAsync(process, request, talking.Token);
        await process.WaitForExitAsync(cancellationToken);
        // What it left running, an agent perhaps, may hold the pipes for ever; the answer is what was said by now.
        talking.CancelAfter(Grace);
        await asking;
        var (output, isComplete) = await answer;
        Show((await messages).Bytes);
        if (!isComplete)
            throw new TrustException(TrustError.KeyUnavailable, $"{program} answers with more than {ProgramMessages.MaxAnswerBytes} bytes, which is more than is read.");
        return process.ExitCode == 0 ? output : throw new TrustException(TrustError.KeyUnavailable, $"{program} failed: it ended with {process.ExitCode}.") { Hint = "What it said on standard error stands above." };
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(request, cancellationToken);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It ended, or answered, without reading everything; or its time is over, which is told elsewhere.
        }
    }

    private void Show(byte[] messages)
    {
        foreach (var line in Encoding.UTF8.GetString(messages).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxMessageLines))
            say($"{Path.GetFileName(program)}: {line}");
    }

    // Reads until the end, or until it is told to stop, so that the other side never waits; keeps no more than the maximum.
    private static async Task<(byte[] Bytes, bool IsComplete)> ReadAsync(Stream stream, int max, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        var isComplete = true;
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                var room = (int)Math.Min(read, max - kept.Length);
                kept.Write(buffer, 0, room);
                isComplete &= room == read;
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever told it to stop knows why.
        }
        return (kept.ToArray(), isComplete);
    }

    // Passphrases, PINs and logins by their names; keys of env:// may have any name.
    private static bool IsSecret(KeyValuePair<string, string?> variable) =>
        IsSecret(variable.Key) || variable.Value?.Contains("PRIVATE KEY", StringComparison.Ordinal) == true;

    private static bool IsSecret(string variable) =>
        variable.EndsWith("_PASSPHRASE", StringComparison.Ordinal) && (variable.StartsWith("SIGNER_", StringComparison.Ordinal) || variable.StartsWith("DOCKER_CONTENT_TRUST_", StringComparison.Ordinal) || variable.StartsWith("NOTARY_", StringComparison.Ordinal))
        || variable is KeyStores.Passphrases.PinVariable or "NOTARY_AUTH";
}
