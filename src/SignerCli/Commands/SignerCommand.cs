using System.CommandLine;
using System.Text.Json;
using TrustService.Cli.Home;
using TrustService.Cli.Output;
using TrustService.Errors;

namespace TrustService.Cli.Commands;

/// <summary>A command: its part of the command line, and what it does.</summary>
internal abstract class SignerCommand : Command
{
    private readonly CliHost host;
    private readonly GlobalOptions globals;

    /// <summary>Makes the command.</summary>
    protected SignerCommand(string name, string description, CliHost host, GlobalOptions globals)
        : base(name, description)
    {
        this.host = host;
        this.globals = globals;
        SetAction(InvokeAsync);
    }

    /// <summary>Command lines for the help text.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    /// <summary>The options of the registry, shown apart in the help text.</summary>
    public RegistryFlags? Registry { get; protected init; }

    /// <summary>
    /// What each result of this command is about, as it was typed, if its JSON is an array of results: a refusal of the whole
    /// command is one of each then. Null if the JSON is one object.
    /// </summary>
    protected virtual IReadOnlyList<string>? SubjectsOf(ParseResult parse) => null;

    /// <summary>Does the work.</summary>
    /// <exception cref="TrustException">A coded refusal of the whole command.</exception>
    protected abstract Task<Outcome> RunAsync(CommandContext context, CancellationToken cancellationToken);

    private async Task<int> InvokeAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var output = new CommandOutput(host.Results, host.Messages, StyleOf(parse));
        try
        {
            OpenSsl.Require();
            using var context = new CommandContext(host, globals, parse, output);
            return (int)await RunAsync(context, cancellationToken);
        }
        catch (TrustException e)
        {
            output.Refuse(e);
            output.ResultJson(writer => WriteRefusal(writer, e, SubjectsOf(parse)));
            return (int)e.Info.Outcome;
        }
    }

    private static void WriteRefusal(Utf8JsonWriter writer, TrustException error, IReadOnlyList<string>? subjects)
    {
        if (subjects is null)
        {
            writer.WriteRefusal(null, error);
            return;
        }
        writer.WriteStartArray();
        foreach (var subject in subjects)
            writer.WriteRefusal(subject, error);
        writer.WriteEndArray();
    }

    private OutputStyle StyleOf(ParseResult parse)
    {
        var isPlain = host.Environment("TERM") == "dumb";
        return new OutputStyle
        {
            Format = globals.FormatOf(parse),
            IsQuiet = parse.GetValue(globals.Quiet),
            IsVerbose = parse.GetValue(globals.Verbose),
            IsWide = !host.Terminal.ShowsResults,
            HasColour = host.Terminal.ShowsMessages && !isPlain && string.IsNullOrEmpty(host.Environment("NO_COLOR")),
            ShowsProgress = host.Terminal.ShowsMessages && !isPlain && !parse.GetValue(globals.Verbose),
        };
    }
}
