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
}
