using Microsoft.Extensions.Options;
using TrustService.Errors;

namespace TrustService.Server.Hosting;

/// <summary>A failure that ends the process, as its user sees it.</summary>
/// <param name="Text">What to print.</param>
/// <param name="Outcome">The exit code.</param>
internal sealed record StartFailure(string Text, Outcome Outcome)
{
    /// <summary>Explains an exception; null if it is none that a user could do anything about.</summary>
    public static StartFailure? Of(Exception exception) => exception switch
    {
        TrustException e => new($"error: {e.Message}{(e.Hint is null ? "" : $"\n  {e.Hint}")}", e.Info.Outcome == Outcome.Usage ? Outcome.Usage : Outcome.Failure),
        OptionsValidationException e => new(string.Join('\n', e.Failures.Select(failure => $"error: {failure}")), Outcome.Usage),
        IOException e => new($"error: {e.Message}", Outcome.Failure),
        UnauthorizedAccessException e => new($"error: {e.Message}", Outcome.Failure),
        _ => null,
    };
}
