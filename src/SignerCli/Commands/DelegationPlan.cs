using System.Collections.Immutable;
using TrustService.Cli.KeyStores;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>What has to be signed so that somebody may sign images, or may no longer, and that nothing else is lost by it.</summary>
internal sealed class DelegationPlan : IDisposable
{
    private const int MaxShown = 10;

    private readonly CurrentRoles current;
    private readonly SigningKeyring keyring;
    private readonly List<RoleShare> shares = [];
    private readonly List<ISigningKey> oneTime = [];
    private readonly List<string> notes = [];
    private readonly List<string> losses = [];

    private DelegationPlan(CurrentRoles current, SigningKeyring keyring, DelegationChange change)
    {
        (this.current, this.keyring) = (current, keyring);
        Change = change;
    }

    /// <summary>The change.</summary>
    public DelegationChange Change { get; private set; }

    /// <summary>The roles that sign it.</summary>
    public ImmutableArray<RoleShare> Shares => [.. shares];

    /// <summary>What is worth knowing of it.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>What is lost by it, and has to be confirmed.</summary>
    public IReadOnlyList<string> Losses => losses;

    private FormatRules Rules => current.Targets.Snapshot.Root.Format.Rules;

    private Targets Now => current.Targets.Metadata.Signed;

    /// <summary>The roles that have to be read in order to plan: what is lost can be told only by what the others hold.</summary>
    public static IEnumerable<RoleName> Needed(TrustedTargets targets, string signer)
    {
        var rules = targets.Snapshot.Root.Format.Rules.Signers;
        return SigningRole.DelegatedBy(targets).Select(role => role.Name).Append(rules.RoleOf(signer)).Concat(rules.SharedRole is { } shared ? [shared] : []).Distinct();
    }

    /// <summary>Lets somebody sign.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public static DelegationPlan Add(CurrentRoles current, SigningKeyring keyring, SignerGrant grant)
    {
        var format = current.Targets.Snapshot.Root.Format;
        var rules = format.Rules.Signers;
        var role = rules.RoleOf(grant.Name);
        if (grant.Keys.IsEmpty && SigningRole.Find(current.Targets, role) is null)
            throw new TrustException(TrustError.Usage, $"{grant.Name} is no signer yet, so the public key is needed.") { Hint = "Give --key FILE; the signer writes it with: signer key generate, then signer key export KEY > FILE" };
        if (grant.IsTerminating && !rules.MayTerminate)
            throw new TrustException(TrustError.Usage, "--terminating cannot be said in a Notary repository: its clients look into every role whose paths match.");
        ImmutableArray<(PublicKey Key, string Holder)> keys = [.. grant.Keys.Select(given => (format.DescribeKey(given.Key.Scheme, given.Key.Material), given.Holder))];
        var own = new DelegationGrant(role, [.. keys.Select(given => given.Key)])
        {
            Threshold = grant.Threshold,
            Paths = grant.Paths is { } paths ? [.. paths.Select(rules.ReadPath)] : null,
            PathsOfNew = rules.AllPaths,
            Terminating = grant.IsTerminating ? true : null,
        };
        ImmutableArray<DelegationGrant> grants = rules.SharedRole is { } shared
            // Whoever pulls looks there: a threshold that it does not have would be worth nothing.
            ? [own, own with { Role = shared, Paths = null, Terminating = null, RaisesOnly = true }]
            : [own];
        var plan = new DelegationPlan(current, keyring, new DelegationChange { Grant = grants, Names = rules.NamesKeys ? keys.ToImmutableDictionary(given => given.Key.Id, given => given.Holder) : ImmutableDictionary<KeyId, string>.Empty });
        if (rules.SharedRole is { } pulled && grant.Threshold > 1)
            plan.notes.Add($"{pulled} needs {grant.Threshold} signatures as well from now on: that is where images are pulled from.");
        if (rules.SharedRole is not null && grant.Paths is not null)
            plan.notes.Add($"The paths bind {role} alone: in a Notary repository all signers share {rules.SharedRole}, whose paths are {string.Join(", ", rules.AllPaths.Select(rules.ShowPath))}.");
        plan.Complete();
        return plan;
    }

    /// <summary>Lets somebody sign no longer.</summary>
    /// <param name="current">What is current.</param>
    /// <param name="keyring">The keys that are here.</param>
    /// <param name="signer">The signer.</param>
    /// <param name="keys">The keys to take away, by fingerprint; empty for the signer as a whole.</param>
    /// <param name="threshold">How many of the others must sign from now on; null keeps what is asked for.</param>
    /// <exception cref="TrustException">A coded refusal; <see cref="TrustError.ThresholdUnreachable"/> if too few keys would be left.</exception>
    public static DelegationPlan Remove(CurrentRoles current, SigningKeyring keyring, string signer, ImmutableSortedSet<string> keys, int? threshold)
    {
        var rules = current.Targets.Snapshot.Root.Format.Rules.Signers;
        var role = SigningRole.Find(current.Targets, rules.RoleOf(signer))
            ?? throw new TrustException(TrustError.Usage, $"{signer} is no signer here. Signers are: {string.Join(", ", SigningRole.DelegatedBy(current.Targets).Where(other => other.Name != rules.SharedRole).Select(other => rules.NameOf(other.Name)).DefaultIfEmpty("none"))}.") { Role = rules.RoleOf(signer).Value };
        var isWhole = keys.IsEmpty;
        var taken = isWhole ? [.. role.Keys.Select(key => key.Fingerprint)] : keys;
        var left = role.Keys.Where(key => !taken.Contains(key.Fingerprint) && !role.Delegation!.OneTimeKeys.Contains(key.Id)).DistinctBy(key => key.Fingerprint).Count();
        if (!isWhole && left < (threshold ?? role.Threshold))
            throw new TrustException(TrustError.ThresholdUnreachable, $"{signer} needs {threshold ?? role.Threshold} of its keys and would have {left}: nobody could sign as {signer} any more. Nothing was changed.")
            {
                Role = role.Name.Value,
                Hint = $"Add a key first (signer signer add {signer} --key FILE …){(left > 0 ? $", ask for fewer signatures (--threshold {left})" : "")}, or remove the signer as a whole (without --key).",
            };
        var change = new DelegationChange { Remove = isWhole ? [role.Name] : [], Withdraw = isWhole ? [] : [new DelegationWithdrawal(role.Name, taken) { Threshold = threshold }] };
        var plan = new DelegationPlan(current, keyring, change);
        if (rules.SharedRole is { } shared && SigningRole.Find(current.Targets, shared) is { } all)
            plan.TakeFromShared(all, role, taken, threshold);
        if (isWhole && current.Delegated.FirstOrDefault(reading => reading.Role == role.Name)?.Trusted?.Metadata.Signed.TargetFiles.Keys.Where(path => !plan.IsSignedElsewhere(role, path)).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } lost && rules.SharedRole is null)
            plan.losses.Add($"Signed by {signer} alone, and no longer signed after this: {Shown(lost)}.");
        plan.Complete();
        return plan;
    }

    /// <inheritdoc/>
    public void Dispose() => oneTime.ForEach(key => key.Dispose());

    // A key of two signers stays where the other one needs it.
    private void TakeFromShared(SigningRole shared, SigningRole role, ImmutableSortedSet<string> taken, int? threshold)
    {
        var others = SigningRole.DelegatedBy(current.Targets).Where(other => other.Name != shared.Name && other.Name != role.Name).SelectMany(other => other.Keys).Select(key => key.Fingerprint);
        var withdrawn = taken.Except(others);
        var left = shared.Keys.Where(key => !withdrawn.Contains(key.Fingerprint)).DistinctBy(key => key.Fingerprint).Count();
        var needed = Math.Min(threshold ?? shared.Threshold, shared.Threshold);
        if (left == 0)
        {
            Change = Change with { Remove = Change.Remove.Add(shared.Name) };
            if (current.Delegated.FirstOrDefault(reading => reading.Role == shared.Name)?.Trusted?.Metadata.Signed.TargetFiles.Keys.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } lost)
                losses.Add($"That was the last signer, so {shared.Name} is removed as well, with all that is signed there: {Shown(lost)}.");
            return;
        }
        if (left < needed)
            throw new TrustException(TrustError.ThresholdUnreachable, $"{shared.Name} needs {needed} keys and would have {left}: nobody could release an image any more. Nothing was changed.") { Role = shared.Name.Value, Hint = $"Add another signer first, or ask for fewer signatures (--threshold {left})." };
        Change = Change with { Withdraw = Change.Withdraw.Add(new DelegationWithdrawal(shared.Name, withdrawn) { Threshold = needed }) };
    }

    private bool IsSignedElsewhere(SigningRole role, string path) =>
        current.Delegated.Select(reading => reading.Trusted).Prepend(current.Targets).OfType<TrustedTargets>().Any(other => other.Role != role.Name && other.Metadata.Signed.TargetFiles.ContainsKey(path));

    // Whoever signs what after the change, and which files have to be signed anew so that clients go on accepting them.
    private void Complete()
    {
        if (!Change.IsNoChangeTo(Now))
            DropOneTimeKeys();
        var next = Change.ApplyTo(Now);
        foreach (var name in Change.Grant.Select(grant => grant.Role).Concat(Change.Withdraw.Select(change => change.Role)).Distinct())
        {
            if (SigningRole.Find(current.Targets, next, name) is { } role)
                Settle(role);
        }
        next = Change.ApplyTo(Now);
        shares.Insert(0, new RoleShare(SigningRole.Of(current.Targets.Snapshot.Root, RoleName.Targets)));
        for (var i = 1; i < shares.Count; i++)
            shares[i] = shares[i] with { Role = SigningRole.Find(current.Targets, next, shares[i].Role.Name)! };
    }

    private void Settle(SigningRole role)
    {
        var file = current.Find(role.Name)?.Metadata;
        if (file is not null && role.Count(file).IsMet)
            return;
        if (Rules.UnverifiableRole == UnverifiableRole.EndsSearch)
            VouchFor(role, file);
        else if (file is not null && keyring.CountHeld(role) >= role.Threshold)
            shares.Add(new RoleShare(role) { IsRenewed = true });
        else if (file is { Signed.TargetFiles.Count: > 0 })
            losses.Add($"{role.Name} {file.Signed.Version} is not signed by {role.Threshold} of the keys that it has after this ({role.ShowKeys()}). After this, these count as unsigned: {Shown([.. file.Signed.TargetFiles.Keys.Order(StringComparer.Ordinal)])}. To keep them, have one of these keys sign the role first: signer renew REPOSITORY --role {role.Name}, where the key is.");
    }

    // Clients stop at a role without a file that its keys have signed. The owner's word stands until they sign for the first time.
    private void VouchFor(SigningRole role, SignedMetadata<Targets>? file)
    {
        ImmutableArray<ISigningKey> keys = [.. Enumerable.Range(0, role.Threshold).Select(_ => (ISigningKey)SigningKeys.Generate(SigningKeys.DefaultScheme))];
        oneTime.AddRange(keys);
        var format = current.Targets.Snapshot.Root.Format;
        Change = Change with { Grant = Change.Grant.Add(new DelegationGrant(role.Name, []) { OneTimeKeys = [.. keys.Select(key => format.DescribeKey(key.Scheme, key.Material))] }) };
        shares.Add(new RoleShare(role) { IsRenewed = true, OneTimeKeys = keys });
        if (file is { Signed.TargetFiles.Count: > 0 })
            losses.Add($"The keys that {role.Name} has after this have not signed what it holds. It stays signed, on your word: {Shown([.. file.Signed.TargetFiles.Keys.Order(StringComparer.Ordinal)])}.");
    }

    // They have done their work once the role's own keys have signed.
    private void DropOneTimeKeys()
    {
        foreach (var role in SigningRole.DelegatedBy(current.Targets).Where(role => role.Delegation!.OneTimeKeys.Length > 0 && !Change.Remove.Contains(role.Name)))
        {
            var file = current.Delegated.FirstOrDefault(reading => reading.Role == role.Name)?.Trusted?.Metadata;
            if (file is not null && role.Count(file).Signed.Except(role.Delegation!.OneTimeKeys).Count() >= role.Threshold)
                Change = Change with { Withdraw = Change.Withdraw.Add(new DelegationWithdrawal(role.Name, [.. role.Keys.Where(key => role.Delegation.OneTimeKeys.Contains(key.Id)).Select(key => key.Fingerprint)])) };
        }
    }

    private static string Shown(List<string> paths) => string.Join(", ", paths.Take(MaxShown)) + (paths.Count > MaxShown ? $", … ({paths.Count})" : "");
}
