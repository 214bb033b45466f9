namespace TrustService.Cli.Commands;

/// <summary>How repositories are to be moved.</summary>
internal sealed record MoveRequest
{
    /// <summary>The anchor of trust from the command line, or null.</summary>
    public string? Root { get; init; }

    /// <summary>True if trust may begin with what the source says.</summary>
    public bool TrustsOnFirstUse { get; init; }

    /// <summary>True to change nothing.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>True not to take over, even where the root key is at hand.</summary>
    public bool StaysReadOnly { get; init; }

    /// <summary>How long the root that takes over is valid.</summary>
    public required TimeSpan RootLifetime { get; init; }

    /// <summary>True to make a new TUF repository with the same targets instead.</summary>
    public bool IsConversion => NewRepository is not null;

    /// <summary>How that repository begins, or null.</summary>
    public InitRequest? NewRepository { get; init; }

    /// <summary>Its name, or null for the same one.</summary>
    public string? NewName { get; init; }
}
