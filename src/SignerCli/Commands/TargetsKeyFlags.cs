using System.CommandLine;
using TrustService.Ceremony;
using TrustService.Editing;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>What <c>signer root propose</c> is told of targets keys. Keys and a threshold that are not named stay.</summary>
internal sealed class TargetsKeyFlags
{
    private readonly Option<string[]> replace = new("--targets-key") { HelpName = "[OLD=]KEY", Description = "Put KEY in the place of the targets key OLD, which is named where there are several; publish where KEY is", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> add = new("--add-targets-key") { HelpName = "KEY", Description = "Add a targets key", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> remove = new("--remove-targets-key") { HelpName = "KEYID", Description = "Remove a targets key", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> threshold = new("--targets-threshold") { HelpName = "N", Description = "How many targets keys must sign from then on" };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [replace, add, remove, threshold];

    /// <summary>Adds to a change of root what is asked for.</summary>
    /// <exception cref="TrustException">A coded refusal.</exception>
    public RootChange Apply(CommandContext context, Root current, HolderKeys keys, RootChange change)
    {
        foreach (var text in context.Parse.GetValue(replace) ?? [])
        {
            var (former, key) = Split(text);
            change = change.Replace(RoleName.Targets, former is null ? OnlyKey(current) : HolderKeys.Find(current, RoleName.Targets, former), keys.Read(key), null);
        }
        foreach (var text in context.Parse.GetValue(remove) ?? [])
            change = change.Remove(RoleName.Targets, HolderKeys.Find(current, RoleName.Targets, text));
        foreach (var text in context.Parse.GetValue(add) ?? [])
            change = change.Add(RoleName.Targets, keys.Read(text), null);
        if (context.Parse.GetValue(threshold) is { } number)
            change = change.WithThreshold(RoleName.Targets, number);
        var (before, after) = (current.Roles[RoleName.Targets], RootEditor.Next(current, change).Roles[RoleName.Targets]);
        if (after.KeyIds.Length < after.Threshold && context.Parse.GetValue(threshold) is null)
            throw new TrustException(TrustError.Usage, $"{before.Threshold} targets keys must sign, and only {after.KeyIds.Length} would be left.") { Role = RoleName.Targets.Value, Hint = "Replace keys instead: --targets-key OLD=KEY. If fewer are to suffice, say so: --targets-threshold N" };
        if (!before.KeyIds.SequenceEqual(after.KeyIds))
            context.Output.Notice("Targets will have other keys: publish the new root where they are, so that targets is signed with them at once.");
        return change;
    }

    // URIs of keys have a scheme, and may hold equals signs of their own.
    private static (string? Former, string Key) Split(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && at + 1 < text.Length && !text[..at].Contains(':', StringComparison.Ordinal) && !File.Exists(text) ? (text[..at], text[(at + 1)..]) : (null, text);

    private static KeyId OnlyKey(Root current) => KeyHolder.Of(current, RoleName.Targets).ToList() switch
    {
        [var only] => only.Id,
        var several => throw new TrustException(TrustError.Usage, $"Root {current.Version} has {several.Count} targets keys: {string.Join(", ", several)}; which of them goes is not said.") { Role = RoleName.Targets.Value, Hint = "Name it: --targets-key OLD=KEY" },
    };
}
