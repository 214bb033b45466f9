using System.Collections.Immutable;

namespace TrustService;

/// <summary>What became of a change.</summary>
/// <param name="IsPublished">False if everything was signed that way already.</param>
/// <param name="Roles">The roles that hold it.</param>
/// <param name="Attempts">How many times it was signed; more than one if other publishers were first.</param>
public sealed record SigningResult(bool IsPublished, ImmutableArray<SignedRole> Roles, int Attempts)
{
    /// <summary>The roles that need more signatures before they can be published.</summary>
    public ImmutableArray<PendingTargets> Pending { get; init; } = [];
}
