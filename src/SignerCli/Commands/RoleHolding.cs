using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService.Cli.Commands;

/// <summary>The keys of a role and who holds them.</summary>
/// <param name="Threshold">How many must sign.</param>
/// <param name="Keys">The keys that can count, each once.</param>
/// <param name="Names">Their holders, in the same order.</param>
/// <param name="IsKnown">True if a name or a key of this machine shows that people hold them.</param>
internal sealed record RoleHolding(int Threshold, ImmutableArray<PublicKey> Keys, ImmutableArray<string> Names, bool IsKnown);
