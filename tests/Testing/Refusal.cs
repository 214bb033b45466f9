using TrustService.Errors;

namespace TrustService.Testing;

/// <summary>Asserts that something is refused, and with which code.</summary>
public static class Refusal
{
    /// <summary>Runs <paramref name="action"/> and returns its refusal, which must have the code <paramref name="expected"/>.</summary>
    public static TrustException Of(TrustError expected, Action action)
    {
        try
        {
            action();
        }
        catch (TrustException e) when (e.Error == expected)
        {
            return e;
        }
        throw new InvalidOperationException($"Not refused; {expected} was expected.");
    }

    /// <summary>Awaits <paramref name="action"/> and returns its refusal, which must have the code <paramref name="expected"/>.</summary>
    public static async Task<TrustException> OfAsync(TrustError expected, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (TrustException e) when (e.Error == expected)
        {
            return e;
        }
        throw new InvalidOperationException($"Not refused; {expected} was expected.");
    }

    /// <summary>True if <paramref name="action"/> returned, false if it was refused; any other exception escapes.</summary>
    public static bool IsAccepted(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (TrustException)
        {
            return false;
        }
    }
}
