using System.Collections.Immutable;
using System.CommandLine;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary><c>signer signer remove</c>.</summary>
internal sealed class SignerRemoveCommand : SignerCommand
{
    private readonly Argument<string> name = new("name") { HelpName = "NAME", Description = "Name of the signer" };
    private readonly Argument<string[]> repositories = new("repository") { HelpName = "REPOSITORY", Description = "Repositories, or all below a name: registry.example.com/team/*", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> keys = new("--key", "-k") { HelpName = "KEY", Description = "Take away this key alone: its id or the start of it, the name of its holder, or its file; again for each further one", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> threshold = new("--threshold") { HelpName = "N", Description = "How many of the keys that stay must sign from now on" };
    private readonly OwnerFlags options = new();
    private readonly TrustFlags trust = new();

    /// <summary>Makes the command.</summary>
    public SignerRemoveCommand(CliHost host, GlobalOptions globals)
        : base("remove", "Let somebody sign no longer, or take one of their keys away. What will be lost is said first.", host, globals)
    {
        Aliases.Add("rm");
        Arguments.Add(name);
        Arguments.Add(repositories);
        foreach (var option in (Option[])[keys, threshold, .. options.All, .. trust.ForSigning])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["signer signer remove ci registry.example.com/team/app", "signer signer remove release --key ann --threshold 1 registry.example.com/team/app"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SubjectsOf(ParseResult parse) => parse.GetValue(repositories) ?? [];

    /// <inheritdoc/>
    protected override Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var signer = context.Parse.GetRequiredValue(name);
        var named = context.Parse.GetValue(keys) ?? [];
        var fewer = context.Parse.GetValue(threshold) switch
        {
            < 1 => throw new TrustException(TrustError.Usage, "--threshold needs 1 or more."),
            var number => number,
        };
        var question = named.Length == 0 ? $"Remove the signer {signer}" : $"Take {string.Join(", ", named)} away from {signer}";
        return new DelegationEditing(context, trust, options.Read(context.Parse)).RunAsync(
            context.Parse.GetRequiredValue(repositories), signer, question, (current, keyring) => DelegationPlan.Remove(current, keyring, signer, Find(context, current, signer, named), fewer), cancellationToken);
    }

    private static ImmutableSortedSet<string> Find(CommandContext context, CurrentRoles current, string signer, string[] named)
    {
        if (named.Length == 0 || SigningRole.Find(current.Targets, current.Targets.Snapshot.Root.Format.Rules.Signers.RoleOf(signer)) is not { } role)
            return [];
        return [.. named.Select(text => Find(context, role, text).Fingerprint)];
    }

    private static PublicKey Find(CommandContext context, SigningRole role, string text)
    {
        var called = role.Keys.Where(key => role.NameOf(key.Id) == text).ToList();
        if (called.Count == 0 && text.Length >= 4)
            called = [.. role.Keys.Where(key => key.Id.Value.StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        if (called.Count == 0 && File.Exists(text))
        {
            var read = context.PublicKeys.Read(text);
            called = [.. role.Keys.Where(key => key.Fingerprint == read.Fingerprint)];
        }
        return called.Count == 1
            ? called[0]
            : throw new TrustException(TrustError.KeyNotFound, $"{text} means {(called.Count == 0 ? "none" : "several")} of the keys of {role.Name}: {role.ShowKeys()}.") { Role = role.Name.Value };
    }
}
