namespace TrustService.Fuzz;

/// <summary>What came of one input.</summary>
/// <param name="Time">How long it took.</param>
/// <param name="Allocated">Bytes that were allocated on the way.</param>
/// <param name="Code">The refusal's code, or null.</param>
/// <param name="Finding">What is wrong with the parser, or null.</param>
internal readonly record struct FuzzResult(TimeSpan Time, long Allocated, string? Code, string? Finding);
