using System.Text;
using TrustService.Json;
using TrustService.Metadata;
using TrustService.Publishing;

namespace TrustService.Server.Services;

/// <summary>What a publish changed, for the change feed.</summary>
internal static class ChangeSummary
{
    /// <summary>Target paths that are listed by name; beyond it only their number is told.</summary>
    private const int MaxPaths = 50;

    /// <summary>Roles whose target paths are listed; of more roles, as when all hash bins are signed anew, the versions alone are told.</summary>
    private const int MaxRoles = 16;

    /// <summary>A JSON object: for each changed role its version, for targets roles also the target paths set and removed.</summary>
    public static string Of(PublishedSet? before, CandidateSet after) => Encoding.UTF8.GetString(JsonWriting.Bytes(writer =>
    {
        writer.WriteStartObject();
        foreach (var file in after.NewFiles)
        {
            writer.WriteStartObject(file.Role.Value);
            writer.WriteNumber("version", file.Version);
            if (after.NewFiles.Length <= MaxRoles && after.Set.Targets.TryGetValue(file.Role, out var targets))
            {
                var old = before?.Targets.GetValueOrDefault(file.Role)?.Read().Signed.TargetFiles;
                var current = targets.Read().Signed.TargetFiles;
                WritePaths(writer, "set", [.. current.Where(target => old is null || !old.TryGetValue(target.Key, out var was) || !IsSame(was, target.Value)).Select(target => target.Key)]);
                WritePaths(writer, "removed", [.. old?.Keys.Where(path => !current.ContainsKey(path)) ?? []]);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }));

    private static bool IsSame(TargetFile a, TargetFile b) => a.Length == b.Length && a.Hashes.ContentEquals(b.Hashes);

    private static void WritePaths(System.Text.Json.Utf8JsonWriter writer, string name, List<string> paths)
    {
        if (paths.Count == 0)
            return;
        paths.Sort(StringComparer.Ordinal);
        writer.WriteStartArray(name);
        foreach (var path in paths.Take(MaxPaths))
            writer.WriteStringValue(path);
        writer.WriteEndArray();
        if (paths.Count > MaxPaths)
            writer.WriteNumber($"{name}Count", paths.Count);
    }
}
