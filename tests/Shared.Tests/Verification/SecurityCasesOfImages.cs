using TrustService.Errors;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Hostile cases about what an image reference means, at the verifier's door.</summary>
public sealed class SecurityCasesOfImages : IDisposable
{
    private static readonly Manifest One = VerifierDoor.Image("one");
    private static readonly Manifest Two = VerifierDoor.Image("two");

    private readonly VerifierDoor door = new();

    public void Dispose() => door.Dispose();

    [Fact]
    public async Task Case39_RegistryHasMovedTheTag_IsDeniedAndOnlyTheSignedDigestIsEverPinned()
    {
        door.Registry = new() { [VerifierDoor.Tag] = Two };
        Assert.Equal(One.Digest, (await door.VerifyAsync()).Signed!.Digest);
        Assert.Equal(Outcome.DigestMismatch, (await door.RefusesAsync(TrustError.DigestMismatch)).Outcome);

        door.Registry[VerifierDoor.Tag] = One;
        Assert.Equal($"registry.example.com/team/app@{One.Digest}", (await door.AcceptsAsync()).Pinned!.ToString());
        door.Registry = null;
        Assert.Equal($"registry.example.com/team/app@{One.Digest}", (await door.AcceptsAsync()).Pinned!.ToString());
    }

    [Fact]
    public async Task Case39_SignedImageIsNotInTheRegistry_IsDenied()
    {
        door.Registry = [];

        Assert.Equal(One.Digest, (await door.VerifyAsync()).Signed!.Digest);
        Assert.Equal(Outcome.DigestMismatch, (await door.RefusesAsync(TrustError.ImageGone)).Outcome);
    }

    [Fact]
    public async Task Case41_TrustDataOfAnotherRepository_IsRefused()
    {
        using var other = new VerifierDoor();
        door.Source = other.Repository;

        await door.RefusesAsync(TrustError.ThresholdNotMet);
    }

    [Fact]
    public async Task Case42_ImageThatTheTagWasSignedForOnce_IsDenied()
    {
        door.Registry = new() { [VerifierDoor.Tag] = One };
        await door.AcceptsAsync();
        door.Sign("1.0", Two);

        var outcome = await door.RefusesAsync(TrustError.DigestMismatch, ["timestamp.json", "snapshot.json", "targets.json"]);

        Assert.Equal(Outcome.DigestMismatch, outcome.Outcome);
        await door.RefusesAsync(TrustError.DigestMismatch, reference: $"{VerifierDoor.Tag}@{One.Digest}");
        await door.RefusesAsync(TrustError.NotSigned, reference: $"registry.example.com/team/app@{One.Digest}");
    }

    [Fact]
    public async Task Case45_TagWithAnotherDigest_IsDenied()
    {
        door.Sign("2.0", Two);
        await door.AcceptsAsync($"{VerifierDoor.Tag}@{One.Digest}");

        await door.RefusesAsync(TrustError.DigestMismatch, reference: $"{VerifierDoor.Tag}@{Two.Digest}");
        await door.AcceptsAsync($"registry.example.com/team/app@{Two.Digest}");
    }

    [Fact]
    public async Task Verify_DigestOfAnotherAlgorithm_IsAnOutcomeAndNoException()
    {
        var digest = Digest.OfSha512(One.Bytes.Span);

        await door.RefusesAsync(TrustError.InvalidTargetPath, ["root.json", "timestamp.json", "snapshot.json", "targets.json", "last-seen"], $"registry.example.com/team/app@{digest}");
    }

    [Fact]
    public async Task Verify_TargetNamedByADigestThatItHasNot_IsRefused()
    {
        var path = TargetNames.ForDigest(One.Digest);
        door.Repository.AddTarget(RoleName.Targets, path, ImageTarget.Of(Two.Descriptor, null));
        door.Repository.Publish(RoleName.Targets);

        await door.RefusesAsync(TrustError.HashMismatch, ["root.json", "timestamp.json", "snapshot.json", "targets.json", "last-seen"], $"registry.example.com/team/app@{One.Digest}");
    }
}
