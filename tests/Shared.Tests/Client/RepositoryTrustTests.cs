using System.Globalization;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Tuf;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;

namespace TrustService.Shared.Tests.Client;

public sealed class RepositoryTrustTests : IDisposable
{
    private static readonly RepositoryName Repository = RepositoryName.Parse("registry.example.com/team/app");

    private readonly TestDirectory directory = new();
    private readonly RepositorySimulator simulator = new(FixedTime.Start);

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Open_PinnedByFingerprint_FetchesThatRootOnceAndGoesOnFromIt()
    {
        simulator.Rotate(RoleName.Root);
        var pin = RootPin.ParseFingerprint(RootPin.OfFile(TufFormat.Instance, simulator.FirstRoot).Fingerprint);

        for (var run = 0; run < 2; run++)
        {
            using var trust = await OpenAsync(pin);
            Assert.Equal(2, (await trust.StartRun(FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None)).Snapshot.Root.Version);
        }

        Assert.Equal(1, simulator.Requests.Count(name => name == "1.root.json"));
    }

    [Fact]
    public async Task Open_ServerHasAnotherRootThanThePinned_IsRefusedAndNothingIsStored()
    {
        var pin = RootPin.ParseFingerprint(RootPin.OfFile(TufFormat.Instance, new RepositorySimulator(FixedTime.Start).FirstRoot).Fingerprint);

        await Refusal.OfAsync(TrustError.RootMismatch, () => OpenAsync(pin));

        Assert.DoesNotContain(Directory.GetFiles(directory.FullPath, "*", SearchOption.AllDirectories), file => file.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_OtherPinForTheSameRepository_HasACacheOfItsOwn()
    {
        using (var trust = await OpenAsync(RootPin.OfFile(TufFormat.Instance, simulator.FirstRoot)))
            await trust.StartRun(FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None);
        var other = RootPin.OfFile(TufFormat.Instance, new RepositorySimulator(FixedTime.Start).FirstRoot);

        using var pinned = await OpenAsync(other);

        await Refusal.OfAsync(TrustError.ThresholdNotMet, () => pinned.StartRun(FixedTime.Start, new TrustClientOptions()).RefreshAsync(CancellationToken.None));
    }

    // Whoever answers for the server, by either protocol, needs no key for such a root.
    [Fact]
    public async Task Open_CertificatePinned_TufRootWithAKeyUnderThatId_IsRefusedAndNothingIsStored()
    {
        var id = new string('a', 64);
        simulator.Files["root.json"] = ForgedRoots.Under(id, simulator);

        await Refusal.OfAsync(TrustError.RootMismatch, () => RepositoryTrust.OpenAsync(
            Repository, CertificatePin.Parse($"cert:{id}"), MetadataFormats.All, _ => simulator, directory.FullPath, FixedTime.Start, CancellationToken.None));
        await Refusal.OfAsync(TrustError.Usage, () => OpenAsync(CertificatePin.Parse($"cert:{id}")));

        Assert.DoesNotContain(Directory.GetFiles(directory.FullPath, "*", SearchOption.AllDirectories), file => file.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_FingerprintOffline_CannotKnowTheRoot()
    {
        var pin = RootPin.ParseFingerprint(RootPin.OfFile(TufFormat.Instance, simulator.FirstRoot).Fingerprint);

        await Refusal.OfAsync(TrustError.RootNotPinned, () => RepositoryTrust.OpenAsync(Repository, pin, [TufFormat.Instance], null, directory.FullPath, FixedTime.Start, CancellationToken.None));
    }

    [Theory]
    [InlineData("root:1:sha256:ABCD")]
    [InlineData("root:0:sha256:{0}")]
    [InlineData("root:01:sha256:{0}")]
    [InlineData("root:1:sha256:{0}\n")]
    [InlineData("root:1:sha512:{0}")]
    [InlineData("root:9999999999999999:sha256:{0}")]
    public void ParseFingerprint_Otherwise_IsRefused(string pattern) =>
        Refusal.Of(TrustError.Usage, () => RootPin.ParseFingerprint(string.Format(CultureInfo.InvariantCulture, pattern, new string('a', 64))));

    [Fact]
    public void OfFile_RootThatItsOwnKeysDidNotSign_IsRefused() =>
        Refusal.Of(TrustError.ThresholdNotMet, () => RootPin.OfFile(TufFormat.Instance, MetadataCorruptor.WithoutSignatures(simulator.FirstRoot)));

    private Task<RepositoryTrust> OpenAsync(TrustAnchor pin) =>
        RepositoryTrust.OpenAsync(Repository, pin, [TufFormat.Instance], _ => simulator, directory.FullPath, FixedTime.Start, CancellationToken.None);
}
