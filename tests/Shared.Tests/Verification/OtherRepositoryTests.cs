using TrustService.Editing;
using TrustService.Errors;
using TrustService.Formats.Tuf;
using TrustService.Keys;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Testing;
using TrustService.Verification;

namespace TrustService.Shared.Tests.Verification;

/// <summary>Two repositories whose owner uses one root key for both.</summary>
public sealed class OtherRepositoryTests
{
    private static readonly DateTimeOffset Expires = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ISigningKey shared = TestKeys.New();

    [Fact]
    public void Case41_RootOfAnotherRepositoryByTheSameKey_IsRefused()
    {
        var mine = Pin(Create("registry.example.com/team/b").Root);
        var other = Next(Create("registry.example.com/team/a").Root.Signed);

        Refusal.Of(TrustError.WrongRepository, () => mine.AcceptRoot(other));
        Assert.Equal(2, Pin(Create("registry.example.com/team/a").Root).AcceptRoot(other).Version);
    }

    [Fact]
    public void Case41_RootThatNoLongerNamesItsRepository_IsRefused()
    {
        var first = Create("registry.example.com/team/b").Root;

        Refusal.Of(TrustError.WrongRepository, () => Pin(first).AcceptRoot(Next(first.Signed with { Repository = null })));
    }

    [Fact]
    public void RequireRepository_RootOfAnotherOne_IsRefused()
    {
        var root = Pin(Create("registry.example.com/team/a").Root);

        root.RequireRepository(RepositoryName.Parse("registry.example.com/team/a"));
        Refusal.Of(TrustError.WrongRepository, () => root.RequireRepository(RepositoryName.Parse("registry.example.com/team/b")));
    }

    [Fact]
    public void RequireRepository_RootOfAToolThatWritesNoName_IsAccepted()
    {
        var unnamed = Next(Create("registry.example.com/team/a").Root.Signed with { Repository = null, Version = 0 });

        Pin(TufFormat.Instance.Read<Root>(unnamed, 100_000)).RequireRepository(RepositoryName.Parse("registry.example.com/team/b"));
    }

    private NewRepository Create(string name) => NewRepository.Create(
        TufFormat.Instance, RepositoryName.Parse(name), shared, shared, [TestKeys.New().Describe()], [TestKeys.New().Describe()], Expires.AddYears(-1), Expires, Expires);

    private byte[] Next(Root current) =>
        MetadataSigner.Sign(TufFormat.Instance, current with { Version = current.Version + 1 }, [shared.Describe()], [shared]).File.ToArray();

    private static TrustedRoot Pin(SignedMetadata<Root> root) => TrustedRoot.Pin(TufFormat.Instance, root.File, VerificationLimits.Default);
}
