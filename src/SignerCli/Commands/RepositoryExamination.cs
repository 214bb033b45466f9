using System.Collections.Immutable;
using System.Globalization;
using TrustService.Cli.Health;
using TrustService.Cli.KeyStores;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Publishing;
using TrustService.Verification;

namespace TrustService.Cli.Commands;

/// <summary>Looks one repository over for what somebody has to know or do. Expiry is looked at, and hides nothing.</summary>
/// <param name="context">The run.</param>
/// <param name="windows">How long before its expiry a role is spoken of.</param>
internal sealed class RepositoryExamination(CommandContext context, HealthWindows windows)
{
    private const int LongPendingDays = 7;

    private readonly RoleHolders holders = new([.. context.Keys.List()]);
    private readonly List<RoleExpiry> roles = [];
    private readonly List<HealthFinding> findings = [];

    /// <summary>The roles that were read up to now.</summary>
    public ImmutableArray<RoleExpiry> Roles => [.. roles];

    /// <summary>What was found up to now; it stays when the examination ends early.</summary>
    public IEnumerable<HealthFinding> Findings => [.. findings, .. roles.Select(role => role.Judge(context.Now, windows)).OfType<HealthFinding>()];

    /// <summary>Looks it over.</summary>
    /// <exception cref="TrustException">A refusal of the repository as a whole.</exception>
    public async Task<(TrustClient Client, TrustedTargets Targets)> ReadAsync(RepositoryTrust trust, CancellationToken cancellationToken)
    {
        var client = trust.StartRun(context.Now, new TrustClientOptions { ChecksExpiry = false });
        var top = await client.RefreshAsync(cancellationToken);
        AddTopLevel(trust.Repository, top);
        using var patience = new Patience(context.Timeout * 0.75, cancellationToken);
        var survey = await RoleSurvey.ReadAsync(client, top, patience);
        AddDelegated(trust.Repository, top, survey);
        AddCertificates(trust, top.Snapshot.Root);
        AddClock(top.Snapshot.Timestamp);
        await AddPendingAsync(trust.Repository, top, cancellationToken);
        // What was not there to be read may be well: the repository is not known as a whole.
        if (survey.Unverified.FirstOrDefault(role => role.Refusal.Info.Outcome == Outcome.Unreachable) is { } outage)
            throw outage.Problem;
        return (client, top);
    }

    private void AddTopLevel(RepositoryName repository, TrustedTargets top)
    {
        var (root, timestamp, snapshot) = (top.Snapshot.Root.Metadata.Signed, top.Snapshot.Timestamp.Metadata.Signed, top.Snapshot.Metadata.Signed);
        var rootHolding = holders.OfRoot(root, RoleName.Root);
        Add(RoleName.Root, root, rootHolding, rootHolding.Threshold == 1 ? $"signer renew {repository} --role root" : $"signer root propose {repository} --out FILE, then each holder: signer root sign FILE");
        Add(RoleName.Targets, top.Metadata.Signed, holders.OfRoot(root, RoleName.Targets), $"signer renew {repository} --role targets");
        var snapshotHolding = holders.OfRoot(root, RoleName.Snapshot);
        // The server's own keys have no names; an owner who keeps the snapshot key has it here, or it is named.
        if (snapshotHolding.IsKnown)
            Add(RoleName.Snapshot, snapshot, snapshotHolding, $"whoever signs an image next signs it too: signer renew {repository} --role targets");
        else
            roles.Add(Online(RoleName.Snapshot, snapshot));
        roles.Add(Online(RoleName.Timestamp, timestamp) with { SignedAt = timestamp.SignedAt });
        AddKeys(repository, RoleName.Root, rootHolding);
        AddKeys(repository, RoleName.Targets, holders.OfRoot(root, RoleName.Targets));
        AddSize(repository, top);
    }

    private void AddDelegated(RepositoryName repository, TrustedTargets top, RoleSurvey survey)
    {
        var unverified = survey.Unverified.ToDictionary(role => role.Role);
        var signers = SignerLine.Of(top, survey.Roles).ToDictionary(signer => signer.Role.Name);
        foreach (var (delegator, readings) in survey.Roles.Where(reading => reading.Delegator is not null).GroupBy(reading => reading.Delegator!).Select(group => (group.Key, group.ToList())))
        {
            if (delegator.Bins is { } bins)
            {
                AddBins(repository, delegator, bins, readings, unverified);
                continue;
            }
            foreach (var reading in readings)
                AddDelegated(repository, reading, delegator == top ? signers[reading.Role].Name : null, unverified.GetValueOrDefault(reading.Role));
        }
        if (survey.Limit is { } limit)
            findings.Add(HealthFinding.Of("unverifiable-role", limit));
    }

    // A signer is a role directly below targets, whose owner can withdraw it; the ones further down are the business of who delegates to them.
    private void AddDelegated(RepositoryName repository, RoleReading reading, string? signer, UnverifiedRole? unverified)
    {
        var (name, delegator) = (reading.Role, reading.Delegator!);
        var holding = holders.OfDelegated(delegator, name, signer);
        var withdrawal = signer is not null ? $"signer signer remove {signer} {repository}" : $"{delegator.Role} without it";
        if (reading.Trusted is { } trusted)
        {
            Add(name, trusted.Metadata.Signed, holding, signer is not null ? $"signer renew {repository} --role {name}" : $"sign a new version of {name}, to which {delegator.Role} delegates", delegator.Role);
            AddSize(repository, trusted);
        }
        else if (unverified is not null)
        {
            findings.Add(Unverifiable(unverified, $"Its holders sign it anew, or the owner of {delegator.Role} withdraws it: {withdrawal}"));
        }
        if (SignerLine.IsUnused(delegator.Metadata.Signed.Delegations!.Roles.First(role => role.Name == name), reading.Trusted, reading.Refusal))
            findings.Add(new HealthFinding("never-used", Severity.Notice, Outcome.Failure, $"{signer ?? name.Value} may sign, and never did.") { Role = name.Value, Advice = $"If that is not meant: {withdrawal}" });
        AddKeys(repository, name, holding);
    }

    // Bins are many files that are renewed together: the one that ends first stands for all, and the first that does not verify.
    private void AddBins(RepositoryName repository, TrustedTargets delegator, SuccinctRoles bins, List<RoleReading> readings, Dictionary<RoleName, UnverifiedRole> unverified)
    {
        if (readings.Select(reading => reading.Trusted).OfType<TrustedTargets>().MinBy(bin => bin.Metadata.Signed.Expires) is { } first)
        {
            Add(
                first.Role,
                first.Metadata.Signed,
                holders.OfDelegated(delegator, first.Role, null),
                delegator.Role == RoleName.Targets ? string.Create(CultureInfo.InvariantCulture, $"signer reshape {repository} --bins {bins.Count}") : $"sign new versions of the hash bins of {delegator.Role}",
                delegator.Role);
        }
        var bad = readings.Select(reading => unverified.GetValueOrDefault(reading.Role)).OfType<UnverifiedRole>().ToList();
        if (bad.Count > 0)
            findings.Add(Unverifiable(bad[0], string.Create(CultureInfo.InvariantCulture, $"Whoever signs the hash bins of {delegator.Role}, of which {bad.Count} do not verify, signs them anew.")));
    }

    private static HealthFinding Unverifiable(UnverifiedRole role, string advice) =>
        new("unverifiable-role", Severity.Critical, role.Refusal.Info.Outcome, role.Problem.Message) { Role = role.Role.Value, Advice = role.Refusal.Hint ?? advice };

    private void Add(RoleName name, IRole role, RoleHolding holding, string advice, RoleName? delegator = null)
    {
        roles.Add(new RoleExpiry(name, role.Version, role.Expires, holding.Threshold, holding.Names) { Advice = advice, Delegator = delegator });
        if (role.Version > OnlineVersions.MaxPlausible)
            findings.Add(new HealthFinding("fast-forward", Severity.Critical, Outcome.Untrusted, string.Create(CultureInfo.InvariantCulture, $"{name} has the version {role.Version}: no honest publisher comes that far.")) { Role = name.Value, Advice = "signer recover --help tells how clients are brought back." });
    }

    private static RoleExpiry Online(RoleName name, IRole role) => new(name, role.Version, role.Expires, 1, []) { IsOnline = true };

    private void AddKeys(RepositoryName repository, RoleName role, RoleHolding holding)
    {
        var here = holding.Keys.Select(holders.Find).OfType<KeyEntry>().ToList();
        foreach (var key in here.Where(key => key is { IsInStore: true, IsFile: true, BackedUp: null }))
            findings.Add(new HealthFinding("no-backup", Severity.Warning, Outcome.Failure, $"The {role} key {key.Name} has no backup, as far as this machine knows.") { Role = role.Value, Advice = $"signer key backup {key.Label ?? key.Id?.Value} --out FILE" });
        if (holding.Keys.Length < holding.Threshold)
            findings.Add(new HealthFinding("threshold-unreachable", Severity.Critical, Outcome.Failure, string.Create(CultureInfo.InvariantCulture, $"{role} needs {holding.Threshold} signatures, and only {holding.Keys.Length} of its keys can be used.")) { Role = role.Value });
        else if (holding.Keys.Length == holding.Threshold)
            findings.Add(new HealthFinding("no-spare", SeverityOfNoSpare(role, here), Outcome.Failure, NoSpare(role, holding)) { Role = role.Value, Advice = role == RoleName.Root ? $"Add a holder ({repository}): signer root propose {repository} --add-holder NAME=KEY --out FILE" : null });
    }

    // A lost root key is the end of the repository, unless there is a copy; the other ones can be replaced by whoever delegates to them.
    private static Severity SeverityOfNoSpare(RoleName role, List<KeyEntry> here) =>
        role == RoleName.Root && here.All(key => key is { IsFile: true, BackedUp: null }) ? Severity.Warning : Severity.Notice;

    private static string NoSpare(RoleName role, RoleHolding holding) => holding.Threshold == 1
        ? $"{role} has one key, {holding.Names[0]}: without it nobody can sign {role}."
        : string.Create(CultureInfo.InvariantCulture, $"{role} needs all of its {holding.Threshold} keys: if one is lost, nobody can sign {role}.");

    private void AddSize(RepositoryName repository, TrustedTargets role)
    {
        var count = role.Metadata.Signed.TargetFiles.Count;
        if (count > HashBins.WorthwhileTargets)
            findings.Add(new HealthFinding("many-targets", Severity.Notice, Outcome.Failure, string.Create(CultureInfo.InvariantCulture, $"{role.Role} lists {count} targets in one file, which every signature uploads and every client reads whole.")) { Role = role.Role.Value, Advice = role.Role == RoleName.Targets && role.Snapshot.Root.Format.Rules.MayHaveHashBins ? string.Create(CultureInfo.InvariantCulture, $"Spread them: signer reshape {repository} --bins {HashBins.RecommendedFor(count)}") : null });
    }

    private void AddCertificates(RepositoryTrust trust, TrustedRoot root)
    {
        foreach (var id in root.Metadata.Signed.Roles[RoleName.Root].KeyIds)
        {
            if (!root.Metadata.Signed.Keys.TryGetValue(id, out var key))
                continue;
            var problem = trust.Format.Rules.RootKeyProblem(key, trust.Repository, context.Now);
            if ((problem ?? trust.Format.Rules.RootKeyProblem(key, trust.Repository, context.Now + windows.Warning)) is { } found)
                findings.Add(new HealthFinding("certificate", problem is null ? Severity.Warning : Severity.Critical, Outcome.Stale, $"Root key {id.Short} cannot speak for the repository{(problem is null ? $" on {CommandOutput.Date(context.Now + windows.Warning)}" : "")}: {found.Text}.") { Role = "root", Advice = $"signer key certificate makes a new one; signer key rotate root {trust.Repository} replaces the key." });
        }
    }

    private void AddClock(TrustedTimestamp timestamp)
    {
        if (timestamp.Metadata.Signed.SignedAt is { } signed && signed > context.Now + TimeSpan.FromMinutes(5))
            findings.Add(new HealthFinding("clock", Severity.Warning, Outcome.Stale, $"The clock of this machine shows {context.Now:u}, and the trust server signed at {signed:u}: with a clock that is behind, expired data looks fresh.") { Advice = "Set the clock." });
    }

    // A server of another kind keeps nothing, and whoever may not ask it has still learned the rest.
    private async Task AddPendingAsync(RepositoryName repository, TrustedTargets top, CancellationToken cancellationToken)
    {
        ImmutableArray<ParkedChange> pending;
        try
        {
            pending = await context.Servers.Own.ListPendingAsync(repository, cancellationToken);
        }
        catch (TrustException e)
        {
            context.Output.Detail($"What waits for signatures cannot be seen: {e.Message}");
            return;
        }
        foreach (var change in pending)
        {
            var isLong = context.Now - change.ParkedAt > TimeSpan.FromDays(LongPendingDays);
            var signed = change.SignedBy.IsEmpty ? "nobody" : string.Join(", ", change.SignedBy.Select(id => NameOf(id, top)));
            findings.Add(new HealthFinding("pending", isLong ? Severity.Warning : Severity.Notice, Outcome.Failure, string.Create(CultureInfo.InvariantCulture, $"{change.Role} {change.Version} waits for signatures since {CommandOutput.Date(change.ParkedAt)}; the server has those of {signed}."))
            {
                Role = change.Role.Value,
                Advice = change.Role == RoleName.Root ? $"signer root pull {repository} --out FILE, then: signer root sign FILE" : $"signer cosign {repository}, or withdraw it: signer pending drop {repository}",
            });
        }
    }

    private static string NameOf(KeyId id, TrustedTargets top) =>
        top.Snapshot.Root.Metadata.Signed.KeyNames.GetValueOrDefault(id) ?? top.Metadata.Signed.KeyNames.GetValueOrDefault(id) ?? id.Short;
}
