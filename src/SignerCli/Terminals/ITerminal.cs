namespace TrustService.Cli.Terminals;

/// <summary>A person at a keyboard, if there is one.</summary>
internal interface ITerminal
{
    /// <summary>True if questions can be asked and answered.</summary>
    bool CanAsk { get; }

    /// <summary>True if standard error is a terminal: colours and progress make sense.</summary>
    bool ShowsMessages { get; }

    /// <summary>True if standard output is a terminal.</summary>
    bool ShowsResults { get; }

    /// <summary>Asks and reads a line; null at the end of input.</summary>
    string? ReadLine(string prompt);

    /// <summary>Asks and reads a line that is not shown; the caller clears it. Null at the end of input.</summary>
    byte[]? ReadSecret(string prompt);
}
