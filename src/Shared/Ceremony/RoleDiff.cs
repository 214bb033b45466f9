using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Ceremony;

/// <summary>What changes in the keys of one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Added">Keys that come.</param>
/// <param name="Removed">Keys that go.</param>
/// <param name="Renewed">Keys that stay under another id: the former one, and the new one.</param>
/// <param name="Kept">Keys that stay as they are, with their new names.</param>
/// <param name="Holders">All keys that the role has afterwards, in the order of the file.</param>
/// <param name="OldThreshold">The threshold so far, or null for a role that is new.</param>
/// <param name="NewThreshold">The threshold to come, or null for a role that goes.</param>
public sealed record RoleDiff(
    RoleName Role, ImmutableArray<KeyHolder> Added, ImmutableArray<KeyHolder> Removed, ImmutableArray<(KeyHolder Former, KeyHolder Now)> Renewed, ImmutableArray<KeyHolder> Kept, ImmutableArray<KeyHolder> Holders, int? OldThreshold, int? NewThreshold)
{
    /// <summary>True if nothing of the role changes.</summary>
    public bool IsUnchanged => Added.IsEmpty && Removed.IsEmpty && Renewed.IsEmpty && OldThreshold == NewThreshold;

    /// <summary>Compares a role in two roots; the former is null for a new repository.</summary>
    internal static RoleDiff Of(RoleName role, Root? before, Root after)
    {
        List<KeyHolder> former = before is null ? [] : [.. KeyHolder.Of(before, role)];
        List<KeyHolder> now = [.. KeyHolder.Of(after, role)];
        var added = now.Where(holder => former.TrueForAll(other => other.Id != holder.Id)).ToList();
        var removed = former.Where(holder => now.TrueForAll(other => other.Id != holder.Id)).ToList();
        var renewed = ImmutableArray.CreateBuilder<(KeyHolder, KeyHolder)>();
        foreach (var holder in added.ToList())
        {
            if (Fingerprint(after, holder) is { } fingerprint && removed.Find(other => Fingerprint(before!, other) == fingerprint) is { } same)
            {
                renewed.Add((same, holder));
                added.Remove(holder);
                removed.Remove(same);
            }
        }
        return new RoleDiff(role, [.. added], [.. removed], renewed.ToImmutable(), [.. now.Where(holder => former.Exists(other => other.Id == holder.Id))], [.. now],
            before?.Roles.GetValueOrDefault(role)?.Threshold, after.Roles.GetValueOrDefault(role)?.Threshold);
    }

    private static string? Fingerprint(Root root, KeyHolder holder) => root.Keys.TryGetValue(holder.Id, out var key) && key.IsUsable ? key.Fingerprint : null;
}
