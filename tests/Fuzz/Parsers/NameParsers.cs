using System.Collections.Immutable;
using System.Globalization;
using TrustService.Cli.Settings;
using TrustService.Client;
using TrustService.Errors;
using TrustService.Formats;
using TrustService.Formats.Notary;
using TrustService.Formats.Tuf;
using TrustService.Fuzz.Mutators;
using TrustService.Metadata;
using TrustService.Oci;
using TrustService.Registry;

namespace TrustService.Fuzz.Parsers;

/// <summary>Names and other short text that people and programs give.</summary>
internal static class NameParsers
{
    private static readonly string Hex64 = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    public static IEnumerable<ParserUnderTest> Make()
    {
        string[] names = ["registry.example.com/team/app", "alpine", "docker.io/library/alpine", "localhost:5000/a/b__c", "[::1]:5000/x", "index.docker.io/Team"];
        yield return Text("image-reference", ReadReference, [.. names, "registry.example.com/team/app:1.4.2", $"registry.example.com:443/app:v1@sha256:{Hex64}", $"app@sha512:{Hex64}{Hex64}"]);
        yield return Text("repository-name", text =>
        {
            var name = RepositoryName.Parse(text);
            InputText.Same(name.Value, RepositoryName.ParseCanonical(name.Value).Value);
            _ = name.FileName;
        }, names);
        yield return Text("gun", text => InputText.Same(text, Gun.Parse(text).Value), [.. names, "UPPER/Case", "a/_trust-like/x", "docker.io/library/ü"]);
        yield return Text("digest", text => InputText.Same(text, Digest.Parse(text).ToString()), $"sha256:{Hex64}", $"sha512:{Hex64}{Hex64}");
        yield return Text("target-name", text => { _ = TargetNames.DigestOf(text); InputText.Same(text, TargetNames.ForTag(text)); }, "1.4.2", $"sha256-{Hex64}", "latest");
        yield return Text("role-name", ReadRole, "targets", "team", "targets/releases", "bin-0a", "../a b/ü");
        yield return Text("path-pattern", text => GlobPattern.Matches(text.Split('\n', 2)[0], text.Split('\n', 2)[^1]), "*\n1.4.2", "dir/?[a-z]*\ndir/xyz", "[!a-c]*[]x]-**?\nzz]-abc", "a*b*c*d*e*f\naabbccddeeff");
        yield return Text("oci-layout-reference", text => InputText.Same(OciLayoutReference.Parse(text).ToString(), OciLayoutReference.Parse(OciLayoutReference.Parse(text).ToString()).ToString()), "oci:dir", "oci:/a/b:v1", $"oci:dir@sha256:{Hex64}");
        yield return Text("root-pin", text => InputText.Same(text, RootPin.ParseFingerprint(text).Fingerprint), $"root:1:sha256:{Hex64}", $"root:999999:sha256:{Hex64}");
        yield return Text("certificate-pin", text => _ = CertificatePin.Parse(text).Text, $"cert:{Hex64}", $"cert:{Hex64},{Hex64}");
        yield return Text("target-url", text => _ = TargetUrl.PathOf(new TrustService.Verification.FoundTarget(text, Target, null!), hasHashPrefix: true), "dir/a b", "1.4.2", "a%20b?c#d", "ü/x");
        yield return Text("date", text => { if (MetadataTime.TryParse(text, out var time)) _ = (MetadataTime.WriteSeconds(time), MetadataTime.WriteFraction(time)); }, "2030-04-01T00:00:00Z", "2021-12-18T13:28:12.99008-06:00", "9999-12-31T23:59:59.999999999999+14:00", "0001-01-01T00:00:00Z");
        yield return Text("duration", text => _ = Durations.Parse(text, "--expires"), "365d", "90s", "99999999999y", "24h");
        yield return Text("repository-pattern", text => _ = RepositoryPattern.Parse(text), "registry.example.com/team/*", "docker.io/library/alpine", "localhost:5000/*");
    }

    private static TargetFile Target => new() { Length = 1, Hashes = FileHashes.OfSha256([]) };

    private static ParserUnderTest Text(string name, Action<string> read, params string[] seeds) =>
        new(name, 5, new ByteMutator("docker.io", "index.docker.io", "registry-1.docker.io", "localhost", "library/", ":5000", ":65536", "@sha256:", "@sha512:", "sha256-", "latest", "targets", "root", "**", "[!", "[a-z]", "[]", Hex64, "T00:00:00", "+99:99"),
            [.. seeds.Select(InputText.Seed)], input => read(InputText.Of(input)));

    private static void ReadReference(string text)
    {
        var reference = ImageReference.Parse(text);
        InputText.Same(reference.ToString(), ImageReference.Parse(reference.ToString()).ToString());
        _ = Refusing(() => TargetNames.For(reference));
    }

    private static void ReadRole(string text)
    {
        var role = RoleName.Parse(text);
        _ = RoleName.ParseDelegated(text);
        _ = TufFormat.Instance.Rules.FileName(role, 1);
        _ = NotaryFormat.Instance.Rules.FileName(role, 1);
        _ = new SuccinctRoles { RoleKeys = new RoleKeys { KeyIds = ImmutableArray<KeyId>.Empty, Threshold = 1 }, BitLength = 8, NamePrefix = "bin" }.IsBin(role);
    }

    private static string? Refusing(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (TrustException)
        {
            return null;
        }
    }
}
