using TrustService.Oci;
using TrustService.Registry;

namespace TrustService;

/// <summary>An image to verify, and how.</summary>
/// <param name="Reference">The image by its name; its repository is the one whose trust data decides.</param>
public sealed record VerificationRequest(ImageReference Reference)
{
    /// <summary>Where to look what is served now for a reference that has only a tag; null leaves that out.</summary>
    public IImageSource? Images { get; init; }

    /// <summary>How old the timestamp may be, or null: any that has not expired.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>How long before its end a role is named in the outcome, or null for never. It decides nothing.</summary>
    public TimeSpan? ExpiryWindow { get; init; }

    /// <summary>How long the roles that people sign must still be valid, or null: as long as they have not expired.</summary>
    public TimeSpan? MinValidity { get; init; }
}
