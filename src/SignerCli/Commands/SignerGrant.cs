using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>What <c>signer signer add</c> asks for.</summary>
/// <param name="Name">The signer.</param>
/// <param name="Keys">The keys with what people call their holders.</param>
internal sealed record SignerGrant(string Name, ImmutableArray<(PublicKey Key, string Holder)> Keys)
{
    /// <summary>How many keys must sign, or null.</summary>
    public int? Threshold { get; init; }

    /// <summary>The tags that may be signed, or null.</summary>
    public ImmutableArray<string>? Paths { get; init; }

    /// <summary>True if searches end with the role.</summary>
    public bool IsTerminating { get; init; }
}
