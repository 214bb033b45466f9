using TrustService.Cli.Terminals;

namespace TrustService.Cli;

/// <summary>What the process gives to a command: streams, environment, terminal and clock.</summary>
internal sealed record CliHost
{
    /// <summary>Standard output.</summary>
    public required TextWriter Results { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Messages { get; init; }

    /// <summary>Standard input.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The person at the keyboard.</summary>
    public required ITerminal Terminal { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
