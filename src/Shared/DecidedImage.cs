using TrustService.Errors;
using TrustService.Oci;
using TrustService.Registry;
using TrustService.Verification;

namespace TrustService;

/// <summary>An image about which the trust data has decided, before it is compared with what the registry serves. It does not tell how until then.</summary>
public sealed class DecidedImage
{
    private readonly VerificationOutcome outcome;
    private readonly VerificationRequest request;

    internal DecidedImage(VerificationOutcome outcome, VerificationRequest request) => (this.outcome, this.request) = (outcome, request);

    /// <summary>The target path that it stands for.</summary>
    public string TargetPath => outcome.TargetPath;

    /// <summary>Compares it with what is served now, where that is asked for, and tells the outcome of the whole verification.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<VerificationOutcome> CompareAsync(CancellationToken cancellationToken)
    {
        if (outcome.Error is not null)
            return outcome;
        if (request.Images is null || request.Reference.Digest is not null)
            return With(CheckStatus.Skipped, request.Images is null ? "not asked" : "not needed: the digest is given");
        try
        {
            var served = await request.Images.ResolveAsync(request.Reference, cancellationToken).ConfigureAwait(false);
            Require(served, outcome.Signed!);
            return With(CheckStatus.Pass, "serves the signed digest") with { Signed = served.Descriptor };
        }
        catch (TrustException e) when (e.Error == TrustError.ImageUnknown && request.Images is not ImageLayout)
        {
            return Unanswered(new TrustException(TrustError.ImageGone, $"{outcome.TargetPath} is signed as {outcome.Signed!.Digest}, but the registry has no such image.", e)
            {
                Hint = $"Somebody removed it after it was signed. If that is meant: signer revoke {request.Reference}",
            });
        }
        catch (TrustException e)
        {
            return Unanswered(e);
        }
    }

    /// <summary>The outcome if there is nothing to compare it with.</summary>
    /// <param name="error">Why.</param>
    public VerificationOutcome Unanswered(TrustException error) => outcome.Error is not null ? outcome : With(CheckStatus.Fail, error.Message) with { Error = error };

    private void Require(Manifest served, Descriptor signed)
    {
        if (served.Digest != signed.Digest)
        {
            throw new TrustException(TrustError.DigestMismatch, $"{outcome.TargetPath} is signed as {signed.Digest}, but {served.Digest} is served now.")
            {
                Hint = $"Somebody moved the tag after it was signed. Pull the signed image by digest, or find out who pushed: {request.Reference.Pinned(signed.Digest)}",
            };
        }
        if (served.Descriptor.Size != signed.Size || (signed.MediaType.Length > 0 && served.Descriptor.MediaType != signed.MediaType))
            throw new TrustException(TrustError.DigestMismatch, $"{outcome.TargetPath} is signed as {signed.MediaType} of {signed.Size} bytes, but {served.Descriptor.MediaType} of {served.Descriptor.Size} bytes is served.");
    }

    private VerificationOutcome With(CheckStatus status, string detail) => outcome with { Checks = outcome.Checks.Add(new CheckResult("registry", status, detail)) };
}
