namespace TrustService.Errors;

/// <summary>One line of the error table.</summary>
/// <param name="Code">Stable code in lower-case words with hyphens, such as <c>threshold-not-met</c>.</param>
/// <param name="Outcome">What a command that ends with this error returns.</param>
/// <param name="HttpStatus">Status of an HTTP answer that carries this error.</param>
/// <param name="Title">The kind of problem, in one sentence.</param>
public sealed record TrustErrorInfo(string Code, Outcome Outcome, int HttpStatus, string Title);
