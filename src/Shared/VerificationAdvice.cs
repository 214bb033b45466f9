using TrustService.Errors;
using TrustService.Metadata;

namespace TrustService;

/// <summary>What somebody who wanted to pull an image does next, where the refusing check itself cannot know who asks.</summary>
internal static class VerificationAdvice
{
    private const string DoNotPull = "Do not pull. Ask the repository's owners: the pinned root does not vouch for what is offered.";
    private const string HeldBack = "The trust server has not renewed it, or something on the way holds back newer data.";
    private const string OwnersMustSign = "The repository's owners have to sign it again; until then nothing of it can be verified.";

    /// <summary>The same refusal with advice, if it has none.</summary>
    public static TrustException AddTo(TrustException refusal) =>
        refusal.Hint is null && For(refusal) is { } hint ? new TrustException(refusal.Error, refusal.Message, refusal.InnerException) { Role = refusal.Role, Hint = hint } : refusal;

    private static string? For(TrustException refusal) => refusal.Info.Outcome switch
    {
        Outcome.Untrusted => DoNotPull,
        Outcome.Stale when refusal.Role == RoleName.Timestamp.Value || refusal.Role == RoleName.Snapshot.Value => HeldBack,
        Outcome.Stale when refusal.Error == TrustError.Expired => OwnersMustSign,
        _ => null,
    };
}
