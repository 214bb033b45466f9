using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Json;
using TrustService.Metadata;

namespace TrustService.Editing;

/// <summary>In what two versions of a targets role differ.</summary>
public sealed record TargetsDiff
{
    /// <summary>Targets that are new or other ones, by path.</summary>
    public required ImmutableSortedDictionary<string, TargetFile> Set { get; init; }

    /// <summary>Paths of targets that are gone.</summary>
    public required ImmutableSortedSet<string> Removed { get; init; }

    /// <summary>Delegated roles that are new, other ones or gone: before and after.</summary>
    public required ImmutableArray<(DelegatedRole? Before, DelegatedRole? After)> Roles { get; init; }

    /// <summary>The earlier version; null if there was none.</summary>
    public required Targets? Before { get; init; }

    /// <summary>The later version.</summary>
    public required Targets After { get; init; }

    /// <summary>True if there is nothing to tell.</summary>
    public bool IsEmpty => Set.IsEmpty && Removed.IsEmpty && Roles.IsEmpty;

    /// <summary>
    /// True if what is told here, with the version and the expiry, is all of it: the earlier version changed by just that has the very
    /// bytes that are signed. Whoever signs by what is shown must not sign an order of roles, hash bins, a key under the id of another or
    /// a member that nobody knows.
    /// </summary>
    /// <param name="format">The repository's format.</param>
    /// <param name="after">The later version, as it is signed.</param>
    public bool TellsAllOf(IMetadataFormat format, SignedMetadata<Targets> after)
    {
        try
        {
            var start = Before ?? TargetsEditor.First(After.Expires) with { Repository = After.Repository };
            var told = TargetsEditor.Next(start, ToChange(), After.Expires) with { Version = After.Version };
            return CanonicalJson.Encode(StrictJson.Parse(format.WriteSigned(told), JsonLimits.OfBytes(int.MaxValue))).AsSpan().SequenceEqual(after.Payload.Span);
        }
        catch (TrustException)
        {
            // A change that cannot be made by what can be told.
            return false;
        }
    }

    /// <summary>Compares two versions.</summary>
    public static TargetsDiff Between(Targets? before, Targets after)
    {
        var known = before?.TargetFiles ?? new Dictionary<string, TargetFile>();
        var former = before?.Delegations?.Roles ?? [];
        var latter = after.Delegations?.Roles ?? [];
        return new TargetsDiff
        {
            Before = before,
            After = after,
            Set = after.TargetFiles.Where(entry => !known.TryGetValue(entry.Key, out var target) || !TargetsChange.IsSame(target, entry.Value)).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Removed = known.Keys.Where(path => !after.TargetFiles.ContainsKey(path)).ToImmutableSortedSet(StringComparer.Ordinal),
            Roles =
            [
                .. former.Select(role => ((DelegatedRole?)role, latter.FirstOrDefault(other => other.Name == role.Name))).Where(pair => pair.Item2 is null || !DelegationChange.IsSame(pair.Item1!, pair.Item2)),
                .. latter.Where(role => !former.Any(other => other.Name == role.Name)).Select(role => ((DelegatedRole?)null, (DelegatedRole?)role)),
            ],
        };
    }

    /// <summary>The difference as a change that can be applied to another version: what can be told of it, and no more.</summary>
    public TargetsChange ToChange() => new()
    {
        Set = Set.ToImmutableSortedDictionary(entry => entry.Key, entry => TargetWords.Of(entry.Value).ToTarget(), StringComparer.Ordinal),
        Remove = Removed,
        Delegations = Roles.IsEmpty ? null : new DelegationChange
        {
            Remove = [.. Roles.Where(role => role.After is null).Select(role => role.Before!.Name)],
            Withdraw = [.. Roles.Where(role => role is { Before: not null, After: not null }).Select(role => new DelegationWithdrawal(role.After!.Name, KeysOnlyIn(role.Before, Before!, role.After, After)))],
            Grant = [.. Roles.Where(role => role.After is not null).Select(role => GrantOf(role.After!))],
            // What a key is called is told where it is told of the key.
            Names = After.KeyNames.Where(name => Before?.Delegations?.Keys.ContainsKey(name.Key) != true).ToImmutableDictionary(),
        },
    };

    private DelegationGrant GrantOf(DelegatedRole role)
    {
        var keys = KeysOf(role, After).ToList();
        return new DelegationGrant(role.Name, [.. keys.Where(key => !role.OneTimeKeys.Contains(key.Id))])
        {
            Threshold = role.RoleKeys.Threshold,
            Paths = role.Paths,
            Terminating = role.Terminating,
            OneTimeKeys = [.. keys.Where(key => role.OneTimeKeys.Contains(key.Id))],
        };
    }

    private static ImmutableSortedSet<string> KeysOnlyIn(DelegatedRole? before, Targets beforeIn, DelegatedRole? after, Targets afterIn) =>
        KeysOf(before!, beforeIn).Select(key => key.Fingerprint).Except(KeysOf(after!, afterIn).Select(key => key.Fingerprint), StringComparer.Ordinal).ToImmutableSortedSet(StringComparer.Ordinal);

    private static IEnumerable<PublicKey> KeysOf(DelegatedRole role, Targets targets) =>
        role.RoleKeys.KeyIds.Select(id => targets.Delegations!.Keys.GetValueOrDefault(id)).OfType<PublicKey>();
}
