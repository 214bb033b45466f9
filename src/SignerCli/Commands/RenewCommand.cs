using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Cli.Output;
using TrustService.Client;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Metadata;
using TrustService.Oci;

namespace TrustService.Cli.Commands;

/// <summary><c>signer renew</c>.</summary>
internal sealed class RenewCommand : SignerCommand
{
    private static readonly TimeSpan RootWindow = TimeSpan.FromDays(90);
    private static readonly TimeSpan Window = TimeSpan.FromDays(30);

    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "The repositories", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> roles = new("--role") { HelpName = "ROLE", Description = "Renew this role, however long it is valid (default: what ends within 30 days, root within 90)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> allMine = new("--all-mine") { Description = "Every repository that a key of the key store is noted for" };
    private readonly RenewalFlags renewal = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public RenewCommand(CliHost host, GlobalOptions globals)
        : base("renew", "Sign root, targets or delegated roles anew before or after they expire, with their content as it is. Whoever holds a role's keys can always do that.", host, globals)
    {
        Arguments.Add(repositories);
        foreach (var option in (Option[])[roles, allMine, .. renewal.All, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer renew registry.example.com/team/app", "signer renew --role targets registry.example.com/team/app", "signer renew --all-mine -y"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) ?? [];

    /// <inheritdoc/>
    protected override async Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        ImmutableArray<RoleName> asked = [.. (context.Parse.GetValue(roles) ?? []).Select(RoleArgument.Parse)];
        var results = new OwnerResults("renewed");
        foreach (var name in Named(context))
        {
            if (!context.Parse.GetValue(allMine) || await IsBegunAsync(context, name, cancellationToken))
                await results.AddAsync(name, () => RenewAsync(context, name, asked, cancellationToken));
        }
        return results.Show(context.Output);
    }

    private List<RepositoryName> Named(CommandContext context)
    {
        var named = (context.Parse.GetValue(repositories) ?? []).Select(text => RepositoryName.Parse(text)).ToList();
        if (named.Count > 0 == context.Parse.GetValue(allMine))
            throw new TrustException(TrustError.Usage, "Repositories are named, or --all-mine is given; one of them is needed.");
        if (named.Count > 0)
            return named;
        List<RepositoryName> noted = [.. context.Keys.List().SelectMany(key => key.Repositories).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => RepositoryName.Parse(text))];
        if (noted.Count == 0)
            context.Output.Say("No key of the key store is noted for a repository.");
        return noted;
    }

    // The keys of a first publish that was refused stay noted for it, for the next attempt. One that nobody knows needs no renewal; one that cannot be asked for may.
    private async Task<bool> IsBegunAsync(CommandContext context, RepositoryName name, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Parse.GetValue(trust.Root) is not null || context.Roots.Find(name, null) is not null || await context.WithinTimeoutAsync(token => OfferedRoot.FindAsync(MetadataFormats.All, format => context.Servers.For(format).Metadata(name), 1, (_, file, _) => file, token), cancellationToken) is not null)
                return true;
        }
        catch (TrustException)
        {
            // The renewal says what is wrong.
            return true;
        }
        context.Output.Warn($"{name} is left out: no root of it is pinned here, and {context.Servers.Address} has none. Keys are noted for it, but nothing that they signed was published.");
        return false;
    }

    private async Task<string?> RenewAsync(CommandContext context, RepositoryName name, ImmutableArray<RoleName> asked, CancellationToken cancellationToken)
    {
        var current = await OwnerReading.ReadAsync(context, trust, name, readsBins: true, cancellationToken);
        if (!MustRenewRootFirst(context, current, asked))
            return await PublishAsync(context, current, asked, cancellationToken);
        // Under the new root the server signs a fresh timestamp, which tells that what it shows is the latest. Only then is that signed anew.
        var root = await PublishAsync(context, current, [RoleName.Root], cancellationToken);
        ImmutableArray<RoleName> rest = [.. asked.Where(role => role != RoleName.Root)];
        if (rest.IsEmpty && !asked.IsEmpty)
            return root;
        current = await OwnerReading.ReadAsync(context, trust, name, readsBins: true, cancellationToken);
        return await PublishAsync(context, current, rest, cancellationToken) is { } others ? $"{root}, {others}" : root;
    }

    private static bool MustRenewRootFirst(CommandContext context, OwnerReading current, ImmutableArray<RoleName> asked)
    {
        if (current.Root.Metadata.Signed.Expires > context.Now || !(asked.IsEmpty || asked.Contains(RoleName.Root)))
            return false;
        using var update = new OwnerUpdate(context, current);
        return RefusalOf(context, update, current, RoleName.Root) is null;
    }

    private async Task<string?> PublishAsync(CommandContext context, OwnerReading current, ImmutableArray<RoleName> asked, CancellationToken cancellationToken)
    {
        var name = current.Repository;
        using var update = new OwnerUpdate(context, current) { AcceptsStale = renewal.AcceptsStale(context.Parse) };
        var missing = new List<(RoleName Role, TrustException Refusal)>();
        foreach (var line in RolesOf(current))
        {
            var isAsked = asked.Contains(line.Role);
            if (!(isAsked || (asked.IsEmpty && line.Expires <= context.Now + (line.Targets is null ? RootWindow : Window))))
                continue;
            if (RefusalOf(context, update, current, line.Role) is not { } refusal)
                Add(context, update, line);
            else if (isAsked)
                throw refusal;
            else
                missing.Add((line.Role, refusal));
            if (missing is [.., var (role, reason)] && role == line.Role)
                context.Output.Warn($"{role} of {name} {Ends(context, line)}, and is not renewed here: {reason.Message}");
        }
        RequireListed(current, asked);
        RequireRoot(context, current, update, missing);
        if (update.IsEmpty)
            return missing.Count == 0 ? null : throw missing[0].Refusal;
        if (update.SignsContent)
            OwnerRoles.RequireLatest(current, context.Now, renewal.AcceptsStale(context.Parse));
        context.Confirm($"Publish {update.Versions} of {name}, with the content as it is?", renewal.IsConfirmed(context.Parse));
        await update.PublishAsync(cancellationToken);
        await OwnerRoles.ConfirmAsync(context, trust, name, cancellationToken);
        return update.Versions;
    }

    private static IEnumerable<Line> RolesOf(OwnerReading current)
    {
        yield return new Line(RoleName.Root, current.Root.Version, current.Root.Metadata.Signed.Expires, null);
        foreach (var role in current.Delegated.Select(reading => reading.Trusted).Prepend(current.Top))
        {
            if (role?.Metadata.Signed is { } targets)
                yield return new Line(role.Role, targets.Version, targets.Expires, targets);
        }
    }

    private void Add(CommandContext context, OwnerUpdate update, Line line)
    {
        context.Output.Detail($"{line.Role} {line.Version} {Ends(context, line)}");
        if (line.Targets is { } targets)
            update.Add(line.Role, TargetsEditor.Next(targets, new TargetsChange(), context.Now + renewal.Lifetime(context.Parse)));
        else
            update.RenewRoot(renewal.RootLifetime(context.Parse));
    }

    private static string Ends(CommandContext context, Line line) => $"{(line.Expires <= context.Now ? "expired" : "expires")} on {CommandOutput.Date(line.Expires)}";

    private static TrustException? RefusalOf(CommandContext context, OwnerUpdate update, OwnerReading current, RoleName role)
    {
        var root = current.Root.Metadata.Signed;
        var (keys, roleKeys) = role == RoleName.Root || role == RoleName.Targets
            ? (root.Keys, root.Roles[role])
            : (current.Top.Metadata.Signed.Delegations!.Keys, current.Top.Metadata.Signed.Delegations.KeysOf(role)!);
        ImmutableArray<PublicKey> listed = [.. roleKeys.KeyIds.Where(keys.ContainsKey).Select(id => keys[id])];
        return update.Held(listed) is var held && held.Length >= roleKeys.Threshold ? null
            : role == RoleName.Root ? OwnerRoles.TooFewRootKeys(context, listed, roleKeys.Threshold, held.Length)
            : context.Keyring.TooFew(role, listed, roleKeys.Threshold, held.Length, isGiven: false);
    }

    private static void RequireListed(OwnerReading current, ImmutableArray<RoleName> asked)
    {
        if (asked.Except(RolesOf(current).Select(entry => entry.Role)).FirstOrDefault() is not { } unknown)
            return;
        var isOnline = unknown == RoleName.Snapshot || unknown == RoleName.Timestamp;
        throw new TrustException(TrustError.Usage, isOnline ? $"{unknown} is signed by the trust server, which renews it." : $"{current.Repository} has no role {unknown} that can be read.")
        {
            Role = unknown.Value,
            Hint = isOnline ? "If it has expired, the server signs it as soon as root is valid: signer renew --role root" : "signer inspect shows the roles of a repository.",
        };
    }

    // Under an expired root the server signs nothing, and no client accepts anything.
    private static void RequireRoot(CommandContext context, OwnerReading current, OwnerUpdate update, List<(RoleName Role, TrustException Refusal)> missing)
    {
        var root = current.Root.Metadata.Signed;
        if (root.Expires > context.Now || update.Root is not null || update.IsEmpty)
            return;
        throw new TrustException(TrustError.Expired, $"Root {root.Version} of {current.Repository} expired on {CommandOutput.Date(root.Expires)}; nothing can be published before it is renewed. {missing.FirstOrDefault(entry => entry.Role == RoleName.Root).Refusal?.Message}")
        {
            Role = RoleName.Root.Value,
            Hint = "The holders of the root keys run: signer renew --role root REPOSITORY (or, where several must sign, signer root propose). Then run this again.",
        };
    }

    /// <summary>A role that can be renewed.</summary>
    private sealed record Line(RoleName Role, long Version, DateTimeOffset Expires, Targets? Targets);
}
