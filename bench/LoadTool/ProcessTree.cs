using System.Globalization;

namespace TrustService.LoadTool;

/// <summary>What a process and all its children have used, from Linux's <c>/proc</c>.</summary>
internal static class ProcessTree
{
    private const int MicrosecondsPerTick = 10_000;

    /// <summary>CPU time so far in microseconds, of children that have ended too; the resolution is 10 ms.</summary>
    public static long CpuMicroseconds(int processId)
    {
        var parents = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ReadStat(directory) is { } stat)
                parents[id] = stat;
        }
        return parents.Where(process => IsWithin(process.Key)).Sum(process => process.Value.Ticks) * MicrosecondsPerTick;

        bool IsWithin(int id)
        {
            while (id != processId)
            {
                if (!parents.TryGetValue(id, out var process) || process.Parent <= 1)
                    return false;
                id = process.Parent;
            }
            return true;
        }
    }

    /// <summary>Resident memory of the process in bytes; 0 if it has ended.</summary>
    public static long ResidentBytes(int processId)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status");
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)) : null;
        return line is null ? 0 : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private static (int Parent, long Ticks)? ReadStat(string directory)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            // The program's name may hold spaces and brackets; numbers begin after its last bracket.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            // The process ended meanwhile.
            return null;
        }
    }
}
