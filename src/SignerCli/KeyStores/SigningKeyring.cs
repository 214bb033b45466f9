using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Keys;
using TrustService.Metadata;

namespace TrustService.Cli.KeyStores;

/// <summary>The keys of one signing: which there are for a role, each opened once and closed at the end.</summary>
/// <param name="keyring">Chooses and opens keys.</param>
/// <param name="given">What the caller calls the keys; empty to look for them.</param>
internal sealed class SigningKeyring(RoleKeyring keyring, IReadOnlyList<string> given) : IDisposable
{
    private readonly Dictionary<string, ISigningKey> opened = new(StringComparer.Ordinal);
    private ImmutableArray<KeyEntry>? candidates;

    /// <summary>True if there are enough keys for a role, or one at least if others sign later.</summary>
    public bool CanSign(SigningRole role, bool isPartial) => Held(role).Length >= (isPartial ? 1 : role.Threshold);

    /// <summary>How many of a role's keys are here.</summary>
    public int CountHeld(SigningRole role) => Held(role).Length;

    /// <summary>The keys of a role that are here.</summary>
    public ImmutableArray<KeyEntry> AllOf(SigningRole role) => Held(role);

    /// <summary>True if a key is here.</summary>
    public bool Has(PublicKey key) => Candidates(KeyPurpose.Delegation).Any(entry => entry.IsSame(key));

    /// <summary>The keys that were looked at, as messages name them.</summary>
    public string Names => string.Join(", ", Candidates(KeyPurpose.Delegation).Take(4).Select(entry => entry.Name)) + (Candidates(KeyPurpose.Delegation).Length > 4 ? ", …" : "");

    /// <summary>How many keys there are.</summary>
    public int Count => Candidates(KeyPurpose.Delegation).Length;

    /// <summary>Refuses a named key that is of no use for any of the roles.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/></exception>
    public void RequireUseful(IReadOnlyList<SigningRole> roles)
    {
        if (given.Count > 0 && candidates?.FirstOrDefault(entry => !roles.Any(role => role.Keys.Any(entry.IsSame))) is { } foreign)
            throw new TrustException(TrustError.KeyNotFound, $"The key {foreign.Name} may not sign here: {string.Join("; ", roles.Select(role => $"{role.Name} is signed by {role.ShowHolders()}"))}.") { Role = roles[0].Name.Value };
    }

    /// <summary>The purpose of keys of a role.</summary>
    public static KeyPurpose PurposeOf(RoleName role) =>
        role == RoleName.Targets ? KeyPurpose.Targets : role == RoleName.Snapshot ? KeyPurpose.Snapshot : KeyPurpose.Delegation;

    /// <summary>As many keys of a role as it needs, without opening any whose public half is known.</summary>
    /// <param name="role">The role.</param>
    /// <param name="isPartial">True to do with fewer, but one at least.</param>
    /// <exception cref="TrustException"><see cref="TrustError.KeyNotFound"/> if there are too few.</exception>
    public ImmutableArray<KeyEntry> Choose(SigningRole role, bool isPartial)
    {
        var held = Held(role);
        return held.Length >= (isPartial ? 1 : role.Threshold) ? given.Count > 0 ? held : [.. held.Take(role.Threshold)] : throw keyring.TooFew(role, held.Length, isGiven: given.Count > 0);
    }

    /// <summary>The opened key of an entry; this object closes it.</summary>
    /// <exception cref="TrustException">A coded refusal of the key or its passphrase.</exception>
    public ISigningKey Open(KeyEntry entry, KeyPurpose purpose)
    {
        if (!opened.TryGetValue(entry.Location, out var key))
            opened.Add(entry.Location, key = keyring.Open(entry, purpose));
        return key;
    }

    /// <summary>The keys of the snapshot role, from the key store and Docker's; none if they do not suffice, which is the rule: the server has them.</summary>
    public ImmutableArray<KeyEntry> ForSnapshot(SigningRole role)
    {
        var held = Matching(keyring.All(), role);
        return held.Length >= role.Threshold ? [.. held.Take(role.Threshold)] : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in opened.Values)
            key.Dispose();
        opened.Clear();
    }

    private ImmutableArray<KeyEntry> Held(SigningRole role) => Matching(Candidates(PurposeOf(role.Name)), role);

    private ImmutableArray<KeyEntry> Candidates(KeyPurpose purpose) =>
        candidates ??= given.Count > 0 ? [.. keyring.Find(given).Select(entry => Identify(entry, purpose))] : keyring.All();

    // One key may be there twice: in the key store, and where Docker keeps it.
    private static ImmutableArray<KeyEntry> Matching(ImmutableArray<KeyEntry> entries, SigningRole role)
    {
        var allowed = role.Keys;
        return [.. entries.Where(entry => allowed.Any(entry.IsSame)).DistinctBy(entry => allowed.First(entry.IsSame).Fingerprint)];
    }

    // Whether a key in a file may sign can be told only when it is open.
    private KeyEntry Identify(KeyEntry entry, KeyPurpose purpose)
    {
        if (entry.Public is not null || entry.Origin == KeyOrigin.Docker)
            return entry;
        var key = Open(entry, purpose);
        return entry with { Public = FileKeyStore.Describe(key.Scheme, key.Material) };
    }
}
