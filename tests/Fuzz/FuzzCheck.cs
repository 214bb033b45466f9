using System.Diagnostics;
using System.Globalization;
using TrustService.Errors;

namespace TrustService.Fuzz;

/// <summary>Reads one input and judges what came of it.</summary>
internal static class FuzzCheck
{
    /// <returns>How long it took, the refusal's code or null if it was read, and what is wrong with the parser or null.</returns>
    public static FuzzResult Run(ParserUnderTest parser, byte[] input)
    {
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        string? code = null;
        Exception? uncoded = null;
        try
        {
            parser.Run(input);
        }
        catch (TrustException e)
        {
            code = e.Info.Code;
            // A message that nobody can read, or that obeys a terminal, is no refusal.
            if (e.Message.Length > MaxMessageLength || e.Message.Any(c => char.IsControl(c) && c != '\n'))
                uncoded = new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The refusal {code} has a message of {e.Message.Length} characters, or one with control characters."), e);
        }
        catch (Exception e)
        {
            uncoded = e;
        }
        var time = Stopwatch.GetElapsedTime(started);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        var finding = uncoded?.ToString()
            ?? (time > FuzzLimits.MaxTime ? string.Create(CultureInfo.InvariantCulture, $"It took {time.TotalSeconds:0.0} s.") : null)
            ?? (allocated > FuzzLimits.MaxAllocatedBytes ? string.Create(CultureInfo.InvariantCulture, $"It allocated {allocated} bytes.") : null);
        return new FuzzResult(time, allocated, code, finding);
    }

    private const int MaxMessageLength = 16 * 1024;
}
