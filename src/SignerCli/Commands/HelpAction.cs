using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TrustService.Cli.Commands;

/// <summary>Writes the help text: what the command does, its own options, then the common ones, then examples.</summary>
internal sealed class HelpAction(TextWriter output, GlobalOptions globals) : SynchronousCommandLineAction
{
    private const int Column = 30;
    private const int ShortLength = 2;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return 0;
    }

    private void Write(Command command)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: {Path(command)}{Shape(command)}");
        var common = globals.All.ToHashSet();
        var registry = (command as SignerCommand)?.Registry?.All.ToHashSet() ?? [];
        var help = command.Options.OfType<HelpOption>().Cast<Option>();
        Section("Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (string.Join(", ", sub.Aliases.Prepend(sub.Name)), Summary(sub))));
        Section("Arguments", command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")));
        Section("Options", command.Options.Except(help).Where(option => option is not VersionOption).Where(option => !option.Hidden && !common.Contains(option) && !registry.Contains(option)).Select(Describe));
        Section("Registry", registry.Select(Describe));
        // Where a command has a short name for something of its own, the common option goes by its long one.
        var taken = command.Options.Where(option => !common.Contains(option)).SelectMany(option => option.Aliases).ToHashSet();
        Section("Everywhere", globals.All.Select(option => Describe(option, taken)).Append(("-h, --help", "Show this text")));
        Examples(command);
    }

    private void Section(string title, IEnumerable<(string Name, string Description)> lines)
    {
        var rows = lines.ToList();
        if (rows.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine(title + ":");
        foreach (var (name, description) in rows)
            output.WriteLine($"  {name.PadRight(Column)}{(name.Length >= Column ? " " : "")}{description}");
    }

    private void Examples(Command command)
    {
        if (command is not SignerCommand { Examples: { Count: > 0 } examples })
            return;
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine("  " + example);
    }

    private static (string Name, string Description) Describe(Option option) => Describe(option, []);

    private static (string Name, string Description) Describe(Option option, HashSet<string> taken)
    {
        var names = string.Join(", ", option.Aliases.Where(name => name.Length == ShortLength && !taken.Contains(name)).Append(option.Name));
        return (option.HelpName is { } value ? $"{names} {value}" : names, option.Description ?? "");
    }

    // The first sentence: a list shows what a command is for, its own help text how it goes about it.
    private static string Summary(Command command) =>
        command.Description is { } text && text.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? text[..end] : command.Description?.TrimEnd('.') ?? "";

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "signer";

    private static string Shape(Command command)
    {
        var arguments = string.Concat(command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
        {
            (0, 1) => $" [{argument.HelpName}]",
            (0, _) => $" [{argument.HelpName}...]",
            (_, 1) => $" {argument.HelpName}",
            _ => $" {argument.HelpName}...",
        }));
        return (command.Subcommands.Count > 0 ? " COMMAND" : "") + arguments + " [options]";
    }
}
