using System.Collections.Immutable;
using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService.Formats;

/// <summary>How a format says that somebody may sign images: which roles a signer has, and how their paths are written.</summary>
public sealed record SignerRules
{
    /// <summary>The role of a signer by the signer's name, so that <see cref="NameOf"/> gives it back.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the format has no role for the name.</exception>
    public required Func<string, RoleName> RoleOf { get; init; }

    /// <summary>The name of the signer whose role it is.</summary>
    public required Func<RoleName, string> NameOf { get; init; }

    /// <summary>A role that the keys of all signers sign besides their own roles, or null.</summary>
    public required RoleName? SharedRole { get; init; }

    /// <summary>
    /// True if targets says what people call the holders of keys. Where it does not, a key is called after the signer whose role lists it:
    /// servers of Notary write what they were sent anew before they hash it, and lose members that they do not know.
    /// </summary>
    public required bool NamesKeys { get; init; }

    /// <summary>The patterns of a role that may speak for every target path.</summary>
    public required ImmutableArray<string> AllPaths { get; init; }

    /// <summary>A pattern as a person writes it, with <c>*</c> at its end or inside, as the format has it.</summary>
    /// <exception cref="TrustException"><see cref="TrustError.Usage"/> if the format cannot say that.</exception>
    public required Func<string, string> ReadPath { get; init; }

    /// <summary>A pattern of the format as people write it.</summary>
    public required Func<string, string> ShowPath { get; init; }

    /// <summary>True if a role may end the search for the paths that it matches.</summary>
    public required bool MayTerminate { get; init; }
}
