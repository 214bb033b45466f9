using TrustService.Oci;

namespace TrustService.Server.Stores;

/// <summary>Which part of the change feed is asked for.</summary>
/// <param name="Limit">Rows at the most.</param>
internal sealed record ChangeQuery(int Limit)
{
    /// <summary>Position that the page starts behind; 0 is the beginning.</summary>
    public long After { get; init; }

    /// <summary>Position that the page ends before, or null for none.</summary>
    public long? Before { get; init; }

    /// <summary>True for the last changes of that range, false for its first; the page is in ascending order either way.</summary>
    public bool TakesLast { get; init; }

    /// <summary>Only this repository, or null for all.</summary>
    public RepositoryName? Repository { get; init; }

    /// <summary>Only repositories of this format, by its name, or null for all.</summary>
    public string? Format { get; init; }
}
