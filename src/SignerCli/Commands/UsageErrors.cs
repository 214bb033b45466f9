using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using TrustService.Cli.KeyStores;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>Turns what the parser found wrong into one refusal that says what was meant, as far as that can be told.</summary>
internal static class UsageErrors
{
    private const int MaxDistance = 2;

    /// <summary>The refusal for a command line that cannot be parsed.</summary>
    public static TrustException Explain(ParseResult parse)
    {
        if (HasKeyText(parse))
            return KeyText.Refusal();
        var command = parse.CommandResult.Command;
        var help = $"{(command is SignerRootCommand ? "signer" : "signer " + PathOf(parse.CommandResult))} --help shows what can be given.";
        if (UnknownToken(parse) is { } unknown)
            return Unknown(unknown, unknown.StartsWith('-') && !AfterDashes(parse).Contains(unknown), command, help);
        var error = parse.Errors[0];
        return new TrustException(TrustError.Usage, error.SymbolResult switch
        {
            CommandResult { Command.Subcommands.Count: > 0 } => "A command is needed.",
            ArgumentResult argument when argument.Tokens.Count == 0 && argument.Parent is CommandResult => $"{argument.Argument.HelpName ?? argument.Argument.Name} is missing.",
            CommandResult { Command: { } missing } when missing.Arguments.Count > 0 && parse.GetResult(missing.Arguments[0]) is not { Tokens.Count: > 0 } => $"{missing.Arguments[0].HelpName} is missing.",
            OptionResult option when Unacceptable(option) is { } problem => $"{option.IdentifierToken?.Value ?? option.Option.Name} {problem}.",
            ArgumentResult { Parent: OptionResult option } when Unacceptable(option) is { } problem => $"{option.IdentifierToken?.Value ?? option.Option.Name} {problem}.",
            ArgumentResult argument when Unacceptable(argument.Tokens, argument.Argument.ValueType, argument.Argument) is { } problem => $"{argument.Argument.HelpName ?? argument.Argument.Name} {problem}.",
            _ => string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        })
        { Hint = help };
    }

    private static string? Unacceptable(OptionResult result) =>
        result.Tokens.Count == 0 ? $"{(result.Implicit ? "is needed" : "needs a value")}{(result.Option.HelpName is { } name ? $": {name}" : "")}"
        : result.Tokens.Count > result.Option.Arity.MaximumNumberOfValues ? $"is given {result.Tokens.Count} times; it has one value"
        : Unacceptable(result.Tokens, result.Option.ValueType, result.Option);

    // What the last value is and what would be taken, or null if it is not the value that is wrong.
    private static string? Unacceptable(IReadOnlyList<Token> tokens, Type type, Symbol symbol)
    {
        if (tokens is not [.., { Value: var given }])
            return null;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(int))
            return int.TryParse(given, CultureInfo.InvariantCulture, out _) ? null : $"is '{Shown(given)}'; a whole number is needed";
        var choices = symbol.GetCompletions(CompletionContext.Empty).Select(choice => choice.Label).ToList();
        return choices.Count == 0 || choices.Contains(given) ? null : $"is '{Shown(given)}'; {string.Join(", ", choices.SkipLast(1))} or {choices[^1]} is needed";
    }

    private static string Shown(string token) => token.Length > 60 ? token[..60] + "…" : token;

    /// <summary>True if the command line cannot be run as it is.</summary>
    public static bool HasAny(ParseResult parse) => parse.Errors.Count > 0 || UnknownToken(parse) is not null || HasKeyText(parse);

    /// <summary>True if it names a command that there is not: its help cannot be shown.</summary>
    public static bool HasUnknownCommand(ParseResult parse) => UnknownCommand(parse) is not null;

    private static bool HasKeyText(ParseResult parse) => parse.Tokens.Any(token => KeyText.IsOne(token.Value)) || parse.UnmatchedTokens.Any(KeyText.IsOne);

    // A misspelled option must not be taken for an image or a key: nothing of that kind starts with a dash.
    // One that is taken for an argument leaves the word behind it over, so options are looked for first.
    private static string? UnknownToken(ParseResult parse) =>
        UnknownCommand(parse)
        ?? parse.CommandResult.Tokens.Select(token => token.Value).Concat(parse.UnmatchedTokens).Except(AfterDashes(parse)).FirstOrDefault(token => token.StartsWith('-'))
        ?? (parse.UnmatchedTokens is [var left, ..] ? left : null);

    // Behind "--" nothing is an option.
    private static IEnumerable<string> AfterDashes(ParseResult parse) =>
        parse.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value);

    private static string? UnknownCommand(ParseResult parse) =>
        parse.CommandResult.Command.Subcommands.Count > 0 && parse.UnmatchedTokens is [var first, ..] && !first.StartsWith('-') ? first : null;

    private static TrustException Unknown(string token, bool isOption, Command command, string help)
    {
        var shown = Shown(token);
        var names = isOption ? OptionsOf(command) : command.Subcommands.SelectMany(sub => sub.Aliases.Prepend(sub.Name));
        // A word of another command is no misspelling.
        var elsewhere = isOption ? [] : command.Subcommands.SelectMany(sub => sub.Subcommands.Where(inner => inner.Name == token).Select(inner => $"{sub.Name} {inner.Name}")).ToList();
        var near = elsewhere.Count > 0 ? string.Join(" or ", elsewhere) : names.Select(name => (Name: name, Distance: Distance(name, token.Split('=')[0]))).Where(entry => entry.Distance <= MaxDistance).OrderBy(entry => entry.Distance).Select(entry => entry.Name).FirstOrDefault();
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return new TrustException(TrustError.Usage, what == "argument" ? $"'{shown}' is one argument too many." : $"There is no {what} {shown}.")
        {
            Hint = near is null ? help : $"Did you mean {near}? {help}",
        };
    }

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive))).SelectMany(option => option.Aliases.Append(option.Name));

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult { Command: not SignerRootCommand } parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    // How many letters have to be put in, left out or changed (Levenshtein).
    private static int Distance(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var current = new int[to.Length + 1];
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
            previous = current;
        }
        return previous[to.Length];
    }
}
