using System.Collections.Immutable;
using TrustService.Metadata;

namespace TrustService;

/// <summary>What became of a change.</summary>
/// <param name="IsPublished">False if everything was signed that way already.</param>
/// <param name="Version">The version of targets that holds it.</param>
/// <param name="Expires">Its expiry, UTC.</param>
/// <param name="SigningKeys">The keys that signed it.</param>
/// <param name="Attempts">How many times it was signed; more than one if other publishers were first.</param>
public sealed record SigningResult(bool IsPublished, long Version, DateTimeOffset Expires, ImmutableArray<KeyId> SigningKeys, int Attempts);
