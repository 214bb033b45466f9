using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Ceremony;

/// <summary>What a proposed root changes, in full: whatever is not told role by role is told as <see cref="Others"/>.</summary>
public sealed record RootDiff
{
    private RootDiff()
    {
    }

    /// <summary>The version of the current root, or null for a new repository.</summary>
    public required long? OldVersion { get; init; }

    /// <summary>The proposed version.</summary>
    public required long NewVersion { get; init; }

    /// <summary>Each role, root first.</summary>
    public required ImmutableArray<RoleDiff> Roles { get; init; }

    /// <summary>Key holders that are called otherwise from now on: the former name, if there was one, and the new one, if there is one.</summary>
    public required ImmutableArray<(KeyId Key, string? Former, string? Now)> Renamed { get; init; }

    /// <summary>The expiry so far, UTC; null for a new repository.</summary>
    public required DateTimeOffset? OldExpires { get; init; }

    /// <summary>The expiry to come, UTC.</summary>
    public required DateTimeOffset NewExpires { get; init; }

    /// <summary>Whatever else changes, in sentences.</summary>
    public required ImmutableArray<string> Others { get; init; }

    /// <summary>Compares two roots.</summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="before">The current root, or null for a new repository.</param>
    /// <param name="after">The proposed root.</param>
    public static RootDiff Of(IMetadataFormat format, SignedMetadata<Root>? before, SignedMetadata<Root> after)
    {
        var (old, next) = (before?.Signed, after.Signed);
        RoleName[] order = [RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp];
        var names = order.Concat(next.Roles.Keys).Concat(old?.Roles.Keys ?? []).Distinct();
        return new RootDiff
        {
            OldVersion = old?.Version,
            NewVersion = next.Version,
            Roles = [.. names.Select(role => RoleDiff.Of(role, old, next))],
            Renamed = old is null ? [] : [.. old.Keys.Keys.Where(next.Keys.ContainsKey).Select(id => (id, old.KeyNames.GetValueOrDefault(id), next.KeyNames.GetValueOrDefault(id))).Where(entry => entry.Item2 != entry.Item3)],
            OldExpires = old?.Expires,
            NewExpires = next.Expires,
            Others = [.. OthersOf(format, before, after)],
        };
    }

    /// <summary>What changes, a line for each thing. Texts of the files stand in them, but none that would end a line or not be seen.</summary>
    public IEnumerable<string> Lines() => AllLines().Select(Printable.Whole);

    private IEnumerable<string> AllLines()
    {
        yield return OldVersion is { } version ? Text($"Root {version} → {NewVersion}") : Text($"Root {NewVersion} of a new repository");
        foreach (var role in Roles)
        {
            foreach (var line in LinesOf(role))
                yield return line;
        }
        foreach (var (key, former, now) in Renamed)
            yield return $"name of {key.Short}: {former ?? "none"} → {now ?? "none"}";
        yield return OldExpires is { } old && old.UtcDateTime.Date != NewExpires.UtcDateTime.Date ? Text($"expires: {old.UtcDateTime:yyyy-MM-dd} → {NewExpires.UtcDateTime:yyyy-MM-dd}") : Text($"expires: {NewExpires.UtcDateTime:yyyy-MM-dd}{(OldExpires is null ? "" : ", as before")}");
        foreach (var other in Others)
            yield return other;
    }

    private static IEnumerable<string> LinesOf(RoleDiff role)
    {
        foreach (var holder in role.Added)
            yield return $"{role.Role}: + {holder.InFull}";
        foreach (var holder in role.Removed)
            yield return $"{role.Role}: - {holder}";
        foreach (var (former, now) in role.Renewed)
            yield return $"{role.Role}: = {now.InFull}, the same key as {former.Id.Short} with other particulars";
        if (role.NewThreshold is not { } threshold)
        {
            yield return $"{role.Role}: is no role any more";
            yield break;
        }
        if (role.OldThreshold is { } old && old != threshold)
            yield return Text($"{role.Role}: threshold {old} → {threshold}");
        // Root always, changed or not: whoever signs has to see who can replace every other key.
        if (role.Role == RoleName.Root || !role.IsUnchanged)
            yield return Text($"{role.Role}: {threshold} of {role.Holders.Length} must sign: {string.Join(", ", role.Holders)}");
    }

    // What is told above is taken over into the former root; what still differs then was not told.
    private static IEnumerable<string> OthersOf(IMetadataFormat format, SignedMetadata<Root>? before, SignedMetadata<Root> after)
    {
        var next = after.Signed;
        if (before?.Signed is { } old)
        {
            if (old.Repository != next.Repository)
                yield return $"repository: {old.Repository ?? "none named"} → {next.Repository ?? "none named"}";
            if (old.ConsistentSnapshot != next.ConsistentSnapshot)
                yield return $"consistent_snapshot: {old.ConsistentSnapshot} → {next.ConsistentSnapshot}";
            if (old.SpecVersion != next.SpecVersion)
                yield return $"spec_version: {old.SpecVersion} → {next.SpecVersion}";
        }
        var used = next.Roles.Values.SelectMany(role => role.KeyIds).ToHashSet();
        foreach (var key in next.Keys.Keys.Where(key => !used.Contains(key)))
            yield return $"lists a key that no role uses: {key}";
        var told = next with
        {
            Keys = next.Keys.ToDictionary(entry => entry.Key, entry => before?.Signed.Keys.GetValueOrDefault(entry.Key) ?? entry.Value),
            Roles = next.Roles.ToDictionary(entry => entry.Key, entry => entry.Value with { Unrecognized = before?.Signed.Roles.GetValueOrDefault(entry.Key)?.Unrecognized ?? UnrecognizedMembers.None }),
            Unrecognized = before?.Signed.Unrecognized ?? UnrecognizedMembers.None,
        };
        var expected = StrictJson.Parse(format.WriteSigned(told), JsonLimits.OfBytes(int.MaxValue));
        if (CanonicalJson.Encode(expected).AsSpan().SequenceEqual(after.Payload.Span))
            yield break;
        var found = StrictJson.Parse(after.File.Span, JsonLimits.OfBytes(int.MaxValue)).GetProperty("signed");
        foreach (var difference in Differences(expected, found, ""))
            yield return $"something else, which this program does not know: {difference}";
    }

    // With both values: whoever signs has to see what, not just where.
    private static IEnumerable<string> Differences(JsonElement? expected, JsonElement? found, string place)
    {
        if (expected is { ValueKind: JsonValueKind.Object } one && found is { ValueKind: JsonValueKind.Object } other)
            return Members(one).Union(Members(other)).Order(StringComparer.Ordinal).SelectMany(name => Differences(Member(one, name), Member(other, name), $"{place}{(place.Length == 0 ? "" : ".")}{ReadableJson.Of(name)}"));
        return expected is { } left && found is { } right && CanonicalJson.Encode(left).AsSpan().SequenceEqual(CanonicalJson.Encode(right)) ? [] : [$"{place}: {Text(expected)} → {Text(found)}"];
    }

    private static IEnumerable<string> Members(JsonElement value) => value.EnumerateObject().Select(member => member.Name);

    private static JsonElement? Member(JsonElement value, string name) => value.TryGetProperty(name, out var member) ? member : null;

    private static string Text(JsonElement? value) => value is { } known ? ReadableJson.Of(known) : "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
