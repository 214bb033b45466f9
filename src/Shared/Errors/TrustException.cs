namespace TrustService.Errors;

/// <summary>A coded refusal. The message says what was found and what was needed; <see cref="Hint"/> what to do next.</summary>
public sealed class TrustException : Exception
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="error">The code.</param>
    /// <param name="message">What was found and what was needed, in one sentence, without secrets; what is not printable in it is replaced.</param>
    /// <param name="inner">What caused it, if another exception did.</param>
    public TrustException(TrustError error, string message, Exception? inner = null)
        : base(Printable.Of(message), inner) => Error = error;

    /// <summary>The code.</summary>
    public TrustError Error { get; }

    /// <summary>The role whose metadata is refused, or null.</summary>
    public string? Role
    {
        get;
        init => field = value is null ? null : Printable.Of(value);
    }

    /// <summary>The file whose list of keys decided about signatures, as <c>root 3</c>; or null.</summary>
    public string? Delegator
    {
        get;
        init => field = value is null ? null : Printable.Of(value);
    }

    /// <summary>What to do next, or null.</summary>
    public string? Hint
    {
        get;
        init => field = value is null ? null : Printable.Of(value);
    }

    /// <summary>The repository's current version of each role by its name, where a version is what was refused; or null.</summary>
    public IReadOnlyDictionary<string, long>? Versions { get; init; }

    /// <summary>The line of the error table.</summary>
    public TrustErrorInfo Info => TrustErrors.Describe(Error);
}
