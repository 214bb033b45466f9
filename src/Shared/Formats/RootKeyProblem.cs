using TrustService.Errors;

namespace TrustService.Formats;

/// <summary>Why a key may not speak for the root of a repository.</summary>
/// <param name="Error">The kind of problem.</param>
/// <param name="Text">What was found, as a part of a sentence: <c>its certificate expired …</c>.</param>
public sealed record RootKeyProblem(TrustError Error, string Text);
